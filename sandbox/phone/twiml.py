"""Reads TwiML: from the text of a document to the verbs to carry out. Pure."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

ATTRIBUTES = {
    "Say": {"voice", "language", "loop"},
    "Play": {"loop", "digits"},
    "Pause": {"length"},
    "Redirect": {"method"},
    "Hangup": set[str](),
    "Reject": {"reason"},
    "Gather": {
        "action", "method", "input", "timeout", "numDigits", "finishOnKey", "actionOnEmptyResult",
        "language", "bargeIn", "speechTimeout", "hints", "profanityFilter", "speechModel", "enhanced",
        "partialResultCallback", "partialResultCallbackMethod", "maxSpeechTime", "debug",
    },
}  # fmt: skip
"""The verbs this telephone understands, with the attributes Twilio documents for each."""

IN_GATHER = ("Say", "Play", "Pause")
LONGEST = 64 * 1024
"""Twilio's limit on a document (error 11750)."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One instruction. `text` is what is spoken, played or followed; `inner` are the verbs inside a Gather."""

    kind: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    inner: tuple["Verb", ...] = ()

    def number(self, name: str, default: int) -> int:
        """A whole-number attribute, `default` where it is absent or not a number."""
        value = self.attributes.get(name, "")
        return int(value) if value.isdigit() else default


@dataclass(frozen=True, slots=True)
class Script:
    """A document that was read: its verbs, and what Twilio would warn of (12200)."""

    verbs: tuple[Verb, ...]
    warnings: tuple[str, ...] = ()


class BadTwiml(Exception):
    """A document that cannot be carried out; `code` is Twilio's error."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


def read(document: str) -> Script:
    """The verbs of `document`; raises BadTwiml (11750 too long, 12100 not XML, 12102 no Response)."""
    if len(document.encode()) > LONGEST:
        raise BadTwiml(11750, "TwiML response body too large")
    try:
        root = ET.fromstring(document.strip())  # noqa: S314 - the only author is the bot on this machine
    except ET.ParseError as error:
        raise BadTwiml(12100, f"Document parse failure: {error}") from error
    if root.tag != "Response":
        raise BadTwiml(12102, f"the root element is {root.tag}, not Response")
    warnings: list[str] = []
    verbs = tuple(_verb(node, warnings) for node in root if _known(node, tuple(ATTRIBUTES), warnings))
    return Script(verbs, tuple(warnings))


def _known(node: ET.Element, allowed: tuple[str, ...], warnings: list[str]) -> bool:
    if node.tag in allowed:
        return True
    warnings.append(f"<{node.tag}> is not known here and was left out")
    return False


def _verb(node: ET.Element, warnings: list[str]) -> Verb:
    strange = set(node.attrib) - ATTRIBUTES[node.tag]
    warnings.extend(f"<{node.tag}> has no attribute {name}" for name in sorted(strange))
    if node.tag == "Gather":
        inner = tuple(_verb(child, warnings) for child in node if _known(child, IN_GATHER, warnings))
        return Verb("Gather", dict(node.attrib), inner=inner)
    return Verb(node.tag, dict(node.attrib), " ".join("".join(node.itertext()).split()))
