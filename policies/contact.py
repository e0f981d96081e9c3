"""The card of a telephone's address book with the number our calls come from, so that telephones let them through at night."""

NAME = "Frontdoor"


def vcard(number: str) -> str:
    """A vCard 3.0, which every telephone reads; lines end as the format asks (RFC 2426)."""
    lines = (
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"N:;{NAME};;;",
        f"FN:{NAME}",
        f"ORG:{NAME}",
        f"TEL;TYPE=VOICE,PREF:{number}",
        "NOTE:Production support rings from this number. Let it through at night.",
        "END:VCARD",
    )
    return "".join(f"{line}\r\n" for line in lines)
