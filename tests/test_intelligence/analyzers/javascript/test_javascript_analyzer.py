"""JavaScript, JSX, TypeScript and TSX: what is declared, also in damaged files."""

from textwrap import dedent

import pytest

from tests.test_intelligence.conftest import Project
from vibe_tui.intelligence.analyzers import outline
from vibe_tui.intelligence.analyzers.tree import parse, query_matches
from vibe_tui.intelligence.ast_analyzer import JavaScriptASTAnalyzer
from vibe_tui.intelligence.model import ClassKind, FileNode


def analyze(source: str, path: str = "web/app.js") -> FileNode:
    return JavaScriptASTAnalyzer().analyze_text(path, dedent(source))


def names(node: FileNode) -> list[str]:
    return [function.name for function in node.functions]


class TestFunctions:
    def test_a_function_with_everything(self) -> None:
        node = analyze(
            """\
            import { x } from "./x";

            /**
             * Load a page.
             * @param url where
             */
            export async function load(url, { retries = 3 } = {}, ...rest) {
              return url && retries;
            }
            """
        )
        (function,) = node.functions
        assert function.name == "load"
        assert function.module_path == "web/app"
        assert function.parameters == ("url", "{ retries = 3 } = {}", "...rest")
        assert function.docstring == "Load a page.\n@param url where"
        assert (function.line_start, function.line_end) == (7, 9)
        assert function.is_async
        assert function.complexity == 2

    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("const f = () => 1", ["f"]),
            ("const f = a => a, g = function () {}", ["f", "g"]),
            ("let f = async function named() {}", ["f"]),
            ("var f = function* () {}", ["f"]),
            ("function* gen() {}", ["gen"]),
            ("exports.f = function () {}", ["f"]),
            ("module.exports.f = () => 1", ["f"]),
            ("module.exports = function named() {}", ["named"]),
            ("module.exports = () => 1", ["default"]),
            ("A.prototype.f = function () {}", ["A.prototype.f"]),
            ("export default function () {}", ["default"]),
            ("export default () => 1", ["default"]),
            ("export default function named() {}", ["named"]),
            ("if (x) { function f() {} }", ["f"]),
            ("[1].map(x => x); go(function named() {})", []),
            ("(function iife() { function hidden() {} })()", []),
            ("function outer() { const inner = () => 1 }", ["outer"]),
            ("const api = { get() {}, set: () => 1 }", []),
        ],
    )
    def test_names(self, source: str, expected: list[str]) -> None:
        assert names(analyze(source)) == expected

    def test_a_lone_parameter(self) -> None:
        assert analyze("const f = a => a").functions[0].parameters == ("a",)

    def test_only_a_doc_comment_right_above_is_the_docstring(self) -> None:
        far, plain = "/** far */\n\nfunction a() {}\n", "// plain\nfunction b() {}\n"
        node = analyze(f"{far}{plain}/** c */\nconst c = () => 1\n")
        assert [f.docstring for f in node.functions] == [None, None, "c"]


class TestComplexity:
    @pytest.mark.parametrize(
        ("body", "complexity"),
        [
            ("", 1),
            ("if (a) {} else if (b) {} else {}", 3),
            ("return a ? b : c", 2),
            ("return a && b || c ?? d", 4),
            ("a ||= b; a += 1", 2),
            ("for (;;) {} for (x of y) {} for (x in y) {}", 4),
            ("while (a) {} do {} while (b)", 3),
            ("switch (a) { case 1: case 2: break; default: }", 3),
            ("try {} catch (e) {} finally {}", 2),
            ("return a + b * c", 1),
            ("return xs.map(x => x ? 1 : 2)", 1),
        ],
    )
    def test_each_rule(self, body: str, complexity: int) -> None:
        assert analyze(f"function f() {{ {body} }}").functions[0].complexity == complexity


class TestClasses:
    def test_a_class_with_everything(self) -> None:
        node = analyze(
            """\
            /** A cart. */
            class Cart extends mixin(Base) {
              #items = [];
              static limit = 10;
              add = async (item) => { if (item) {} };
              constructor(owner) { super(); }
              get total() { return 0; }
              static async load(id) {}
              *each() {}
              ["computed"]() {}
              #secret() { [1].map(() => 2); }
              static { setUp(); }
            }
            """
        )
        (cart,) = node.classes
        assert (cart.name, cart.kind, cart.bases) == ("Cart", ClassKind.CLASS, ("mixin(Base)",))
        assert cart.docstring == "A cart."
        assert cart.attributes == ("#items", "limit")
        assert [(m.name, m.is_async, m.complexity) for m in cart.methods] == [
            ("add", True, 2),
            ("constructor", False, 1),
            ("total", False, 1),
            ("load", True, 1),
            ("each", False, 1),
            ('["computed"]', False, 1),
            ("#secret", False, 1),
        ]
        assert (cart.line_start, cart.line_end) == (2, 13)
        assert node.functions == ()

    @pytest.mark.parametrize(
        ("source", "name"),
        [
            ("const A = class extends B {}", "A"),
            ("exports.A = class {}", "A"),
            ("module.exports = class A {}", "A"),
            ("export default class {}", "default"),
        ],
    )
    def test_class_expressions(self, source: str, name: str) -> None:
        assert [owner.name for owner in analyze(source).classes] == [name]


class TestImports:
    def test_every_way_of_importing(self) -> None:
        node = analyze(
            """\
            import a, { b } from "mod-a";
            import "side-effect";
            export * from "./again";
            export { c } from './named';
            const d = require("mod-d");
            const { e } = await import("./lazy");
            require(variable); notRequire("no");
            import a2 from "mod-a";
            """
        )
        assert node.imports == (
            "mod-a", "side-effect", "./again", "./named", "mod-d", "./lazy",
        )  # fmt: skip


class TestTypeScript:
    def test_types_of_parameters_and_returns(self) -> None:
        source = "export function f<T>(a: T, b?: string, ...c: any[]): Promise<T> {}\n"
        (function,) = analyze(source, "a.ts").functions
        assert function.parameters == ("a: T", "b?: string", "...c: any[]")
        assert function.return_type == "Promise<T>"

    def test_interfaces(self) -> None:
        node = analyze(
            """\
            export interface Store<T> extends Base, Other<T> {
              size: number;
              readonly name?: string;
              get(key: string): T;
              (call: string): void;
            }
            """,
            "a.ts",
        )
        (store,) = node.classes
        assert (store.name, store.kind) == ("Store", ClassKind.INTERFACE)
        assert store.bases == ("Base", "Other<T>")
        assert store.attributes == ("size: number", "name: string")
        assert [(m.name, m.return_type) for m in store.methods] == [("get", "T")]

    def test_enums_and_type_aliases(self) -> None:
        node = analyze("enum E { A, B = 2 }\ntype U = string | number;\n", "a.ts")
        assert [(c.name, c.kind, c.attributes) for c in node.classes] == [
            ("E", ClassKind.ENUM, ("A", "B")),
            ("U", ClassKind.TYPE, ()),
        ]

    def test_classes_with_heritage_and_decorators(self) -> None:
        node = analyze(
            """\
            @Component({ tag: "x" })
            export abstract class View<T> extends Base<T> implements One, Two {
              private count: number = 1;
              onClick = (e: Event): void => {};
              @input() @required
              name: string;
              @memo
              render(): string { return "" }
              abstract draw(): void;
            }
            """,
            "a.ts",
        )
        (view,) = node.classes
        assert view.bases == ("Base<T>", "One", "Two")
        assert view.attributes == ("count: number", "name: string")
        assert [(m.name, m.decorators) for m in view.methods] == [
            ("onClick", ()),
            ("render", ("memo",)),
            ("draw", ()),
        ]

    def test_declarations_and_namespaces(self) -> None:
        source = (
            "declare function d(a: string): void;\nnamespace N { export function inner() {} }\n"
        )
        assert names(analyze(source, "a.d.ts")) == ["d", "inner"]

    def test_import_require(self) -> None:
        source = 'import z = require("zz");\nimport type { T } from "types";\n'
        assert analyze(source, "a.ts").imports == ("zz", "types")

    @pytest.mark.parametrize(
        ("source", "percent"),
        [
            ("const x = 1", 100.0),
            ("function f(a: string): void {}", 100.0),
            ("function f(a, b: string) {}", 100 / 3),
            ("const f: Handler = (a, b) => 1", 100.0),
            ("class A { constructor(a: string) {} set v(x: number) {} }", 100.0),
            ("function f(this: Window): void {}", 100.0),
        ],
    )
    def test_type_coverage(self, source: str, percent: float) -> None:
        assert analyze(source, "a.ts").type_hints_coverage == pytest.approx(percent)

    def test_javascript_has_no_types_to_cover(self) -> None:
        assert analyze("function f(a) {}").type_hints_coverage == 0.0


class TestDialects:
    def test_a_cast_is_typescript_and_an_element_is_tsx(self) -> None:
        cast, element = "const a = <string>b;\n", "const f = () => <p onClick={() => 1}>{a}</p>;\n"
        assert analyze(cast, "a.ts").parse_error is None
        assert analyze(cast, "a.tsx").parse_error is not None
        assert analyze(element, "a.ts").parse_error is not None
        for path, language in (("a.tsx", "typescript"), ("a.jsx", "javascript")):
            node = analyze(element, path)
            assert (node.parse_error, names(node), node.language) == (None, ["f"], language)

    def test_a_byte_order_mark_is_no_code(self) -> None:
        node = JavaScriptASTAnalyzer().analyze_text("a.js", b"\xef\xbb\xbffunction f() {}\n")
        assert (node.parse_error, names(node), node.lines_of_code) == (None, ["f"], 1)

    async def test_a_file_is_read_by_its_path(self, project: Project) -> None:
        root = project({"a.ts": "function f(): void {}\n"})
        node = await JavaScriptASTAnalyzer(root).analyze_file("a.ts")
        assert (node.path, names(node)) == ("a.ts", ["f"])


class TestDamagedFiles:
    def test_what_is_whole_is_found_and_the_first_problem_named(self) -> None:
        node = analyze("function ok(a) { return a }\nlet = ;;;) {\nclass B { m() {} }\n")
        assert names(node) == ["ok"]
        assert node.parse_error is not None
        assert node.parse_error.startswith("line 2: ")

    def test_a_missing_bracket_is_named(self) -> None:
        node = analyze("function f() {\n  call(1;\n}\n")
        assert node.parse_error == "line 2: missing `)`"

    @pytest.mark.parametrize(
        "source", ["function a(){" * 5_000, "a=>" * 20_000, "x=" + "a?b:" * 5_000 + "c"]
    )
    @pytest.mark.parametrize("path", ["a.js", "a.tsx"])
    def test_deep_nesting_harms_nothing(self, source: str, path: str) -> None:
        assert analyze(source, path).lines_of_code == 1

    def test_a_query_that_takes_too_long_is_given_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        root = parse("javascript", b"(" * 30_000).root_node
        assert query_matches("javascript", root, limit_s=0.001) is None
        monkeypatch.setattr(outline, "query_matches", lambda *_: None)
        node = analyze("function f() {}\n")
        assert (node.functions, node.parse_error) == ((), "line 1: too tangled to analyse")
