"""The modules of the page build on one another in one direction."""

import re
from graphlib import TopologicalSorter
from pathlib import Path

IMPORT = re.compile(r'^import .* from "\./(\w+\.js)";$', re.MULTILINE)


def test_no_module_of_the_page_imports_itself_by_a_detour(repository: Path) -> None:
    modules = list((repository / "sandbox" / "page").glob("*.js"))
    graph = {module.name: set(IMPORT.findall(module.read_text())) for module in modules}
    order = list(TopologicalSorter(graph).static_order())
    assert set(order) == {module.name for module in modules}
    assert order[-1] == "main.js"
