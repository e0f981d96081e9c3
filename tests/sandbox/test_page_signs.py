"""The page knows every sign that the bot writes, also on a machine without a font of coloured emoji."""

import re

from tests.house import ROOT, python_files

SHORTCODE = re.compile(r'(?<=[" ]):([a-z]+(?:_[a-z]+)*): ')
PICTURE = re.compile("[\U0001f300-\U0001faff]")


def test_the_page_knows_every_sign_that_the_bot_writes() -> None:
    written = [text for _, text in python_files("policies", "handlers", "bot")]
    signs = (ROOT / "sandbox/page/emoji.js").read_text(encoding="utf-8")
    colours, plain = signs.split("const SIGNS")
    by_picture = {picture: name for name, picture in re.findall(r'"?([\w+]+)"?: "(.)\ufe0f?"', colours)}

    codes = {code for text in written for code in SHORTCODE.findall(text)}
    pictures = {picture for text in written for picture in PICTURE.findall(text)}
    assert "factory" in codes
    assert {code for code in codes if not re.search(rf"\b{code}: \[", plain)} == set()
    assert {one for one in pictures if not re.search(rf"\b{by_picture.get(one, '-')}: \[", plain)} == set()
