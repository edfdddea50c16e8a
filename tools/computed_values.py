"""Tell which values of a program were computed, by reading its code without running it.

A value is *computed* if it goes back to a call of the course's helpers, of another library, of a
random generator or of a clock. Literals are not computed, nor is arithmetic on literals with Python
or numpy, nor a function of the program whose result does not depend on anything computed.

What decides counts too: after ``if error < 1e-6: found = True`` the value of `found` is computed.
Where the code leaves it open, a value counts as computed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

# Modules whose functions give back nothing but what they are given.
PURE_MODULES = {
    "collections",
    "copy",
    "dataclasses",
    "functools",
    "IPython",
    "itertools",
    "json",
    "math",
    "matplotlib",
    "numpy",
    "operator",
    "re",
    "statistics",
    "string",
    "textwrap",
    "typing",
    # Of the course: what shows things, or only says which seeds to use.
    "helpers.claims",
    "helpers.errors",
    "helpers.figures",
    "helpers.ledger",
    "helpers.progress",
    "helpers.quiz",
    "helpers.settings",
    "helpers.statistics",
    "helpers.widgets",
}
# What inside these modules does produce something new.
SOURCES = {"numpy.random", "helpers.settings.rng", "helpers.settings.rngs"}
# Functions of other libraries that only wrap what they are given, as tf.constant does.
WRAPPERS = {"constant", "convert_to_tensor", "Variable"}
CHANGING_METHODS = {"add", "append", "appendleft", "extend", "insert", "setdefault", "update"}
DEEPEST_CALL = 12


@dataclass
class _Scope:
    """The names at one point of the program, and what is known of each."""

    parent: _Scope | None = None
    computed: dict[str, bool] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)  # what was imported under the name
    functions: dict[str, _Function] = field(default_factory=dict)
    formulas: dict[str, ast.expr] = field(default_factory=dict)  # what it was last set to
    returns: list[bool] = field(default_factory=list)

    def owner(self, name: str) -> _Scope | None:
        """Return the nearest scope that knows the name."""
        scope: _Scope | None = self
        while scope is not None and not any(
            name in known for known in (scope.computed, scope.modules, scope.functions)
        ):
            scope = scope.parent
        return scope

    def forget(self, name: str) -> None:
        """Forget what the name stood for."""
        for known in (self.computed, self.modules, self.functions, self.formulas):
            known.pop(name, None)

    def bind(self, name: str, computed: bool) -> None:
        """Give the name a new value."""
        self.forget(name)
        self.computed[name] = computed

    def touch(self, name: str) -> None:
        """Note that something computed has gone into the value of the name."""
        scope = self.owner(name) or self
        scope.computed[name] = True
        scope.formulas.pop(name, None)


@dataclass(frozen=True)
class _Function:
    """A function of the notebook, with the scope it was defined in."""

    node: ast.FunctionDef | ast.Lambda | ast.ClassDef
    scope: _Scope


class ComputedValues:
    """Follows computed values through a program, statement by statement.

    `run` reads statements; `value` then tells of an expression whether its value was computed,
    and `path` under which dotted name something was imported.
    """

    def __init__(self) -> None:
        """Begin with an empty program."""
        self.scope = _Scope()
        self.depth = 0
        self.classes: list[ast.ClassDef] = []  # those being read
        self.conditions = 0  # how many computed conditions decide whether a statement is run
        self.repetitions = 0  # how many computed things decide how often it is run
        self.calls_to_sources = 0

    def formula(self, expression: ast.expr) -> ast.expr:
        """Return what a name was last set to, where that is known; anything else as it is."""
        seen = set()
        while isinstance(expression, ast.Name) and expression.id not in seen:
            seen.add(expression.id)
            owner = self.scope.owner(expression.id)
            expression = (owner.formulas if owner else {}).get(expression.id, expression)
        return expression

    # --- statements -------------------------------------------------------------------------------

    def run(self, body: Sequence[ast.stmt]) -> None:
        """Read statements in order."""
        for statement in body:
            method = getattr(self, f"_run_{type(statement).__name__.lower()}", None)
            if method is not None:
                method(statement)
            else:
                for part in ast.iter_child_nodes(statement):
                    if isinstance(part, ast.expr):
                        self.value(part)

    def _run_import(self, statement: ast.Import) -> None:
        for alias in statement.names:
            name = alias.asname or alias.name.split(".")[0]
            self.scope.forget(name)
            self.scope.modules[name] = alias.name if alias.asname else name

    def _run_importfrom(self, statement: ast.ImportFrom) -> None:
        for alias in statement.names:
            name = alias.asname or alias.name
            self.scope.forget(name)
            self.scope.modules[name] = f"{statement.module}.{alias.name}"

    def _run_functiondef(self, statement: ast.FunctionDef | ast.ClassDef) -> None:
        self.scope.forget(statement.name)
        self.scope.functions[statement.name] = _Function(statement, self.scope)

    _run_classdef = _run_functiondef

    def _run_assign(self, statement: ast.Assign) -> None:
        for target in statement.targets:
            self.assign(target, statement.value)

    def _run_annassign(self, statement: ast.AnnAssign) -> None:
        if statement.value is not None:
            self.assign(statement.target, statement.value)

    def _run_augassign(self, statement: ast.AugAssign) -> None:
        if self.value(statement.value) or self.conditions or self.repetitions:
            self.bind(statement.target, computed=True, whole=False)

    def _run_return(self, statement: ast.Return) -> None:
        self.scope.returns.append(bool(self.value(statement.value) or self.conditions))

    def _run_if(self, statement: ast.If) -> None:
        computed = self.value(statement.test)
        self.conditions += computed
        self.run(statement.body)
        self.either(lambda: self.run(statement.orelse))
        self.conditions -= computed

    def _run_for(self, statement: ast.For) -> None:
        computed = self.value(statement.iter)
        self.bind(statement.target, computed)
        self.repeat(statement.body, computed)
        self.run(statement.orelse)

    def _run_while(self, statement: ast.While) -> None:
        self.repeat(statement.body, self.value(statement.test))
        self.run(statement.orelse)

    def _run_with(self, statement: ast.With) -> None:
        for item in statement.items:
            computed = self.value(item.context_expr)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, computed)
        self.run(statement.body)

    def _run_try(self, statement: ast.Try) -> None:
        """Whether a handler runs depends on what was tried, if that calls for anything new."""
        before = self.calls_to_sources
        self.run(statement.body)
        computed = self.calls_to_sources > before
        self.conditions += computed
        for handler in statement.handlers:
            if handler.name:
                self.scope.bind(handler.name, computed)
            self.either(lambda handler=handler: self.run(handler.body))
        self.either(lambda: self.run(statement.orelse))
        self.conditions -= computed
        self.run(statement.finalbody)

    def repeat(self, body: Sequence[ast.stmt], computed: bool) -> None:
        """Read a loop, twice, because what it sets at its end may be used at its beginning."""
        self.repetitions += computed
        for _ in range(2):
            self.run(body)
        self.repetitions -= computed

    def either(self, read: Callable[[], None]) -> None:
        """Read what is run instead of what came before: a name is computed if it is in one."""
        before = dict(self.scope.computed)
        read()
        for name, computed in before.items():
            if computed and name in self.scope.computed:
                self.scope.computed[name] = True

    def assign(self, target: ast.expr, value: ast.expr) -> None:
        """Read an assignment, item by item where both sides show their items."""
        if isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
            plain = not any(isinstance(each, ast.Starred) for each in (*target.elts, *value.elts))
            if plain and len(target.elts) == len(value.elts):
                for each, part in zip(target.elts, value.elts, strict=True):
                    self.assign(each, part)
                return
        computed = self.value(value)
        self.bind(target, computed)
        if isinstance(target, ast.Name):
            if isinstance(value, ast.Lambda):
                self.scope.functions[target.id] = _Function(value, self.scope)
            elif (path := self.path(value)) and not self.conditions:
                self.scope.modules[target.id] = path
            elif not self.conditions and target.id not in _names_in(value):
                self.scope.formulas[target.id] = value

    def bind(self, target: ast.expr, computed: bool, whole: bool = True) -> None:
        """Set a name, the names of a tuple, or a part of what a name stands for."""
        computed = bool(computed or self.conditions)
        if isinstance(target, ast.Name) and whole:
            self.scope.bind(target.id, computed)
        elif isinstance(target, ast.Tuple | ast.List):
            for each in target.elts:
                self.bind(each, computed)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, computed)
        elif computed and (name := _base_name(target)):
            self.scope.touch(name)

    # --- expressions ------------------------------------------------------------------------------

    def value(self, expression: ast.AST | None) -> bool:
        """Return whether the value of an expression was computed."""
        if expression is None or isinstance(expression, ast.Constant):
            return False
        method = getattr(self, f"_value_of_{type(expression).__name__.lower()}", None)
        if method is not None:
            return method(expression)
        return self.any_of(ast.iter_child_nodes(expression))

    def any_of(self, expressions: Iterable[ast.AST | None]) -> bool:
        """Return whether one of several values was computed; read all, for what they set."""
        return sum([self.value(expression) for expression in expressions]) > 0

    def _value_of_name(self, name: ast.Name) -> bool:
        if self.function(name):
            return self.call(name, computed_input=False)
        owner = self.scope.owner(name.id)
        return owner is not None and owner.computed.get(name.id, False)

    def _value_of_attribute(self, attribute: ast.Attribute) -> bool:
        return self.value(attribute.value)

    def _value_of_lambda(self, function: ast.Lambda) -> bool:
        return self.call(function, computed_input=False)

    def _value_of_namedexpr(self, walrus: ast.NamedExpr) -> bool:
        self.assign(walrus.target, walrus.value)
        return self.value(walrus.target)

    def _value_of_yield(self, given: ast.Yield | ast.YieldFrom) -> bool:
        self.scope.returns.append(bool(self.value(given.value) or self.conditions))
        return False

    _value_of_yieldfrom = _value_of_yield

    def _value_of_listcomp(
        self, made: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> bool:
        """Return whether the items or the choice of them is computed, not only their number."""
        self.scope = _Scope(self.scope)
        chosen = False
        for loop in made.generators:
            self.bind(loop.target, self.value(loop.iter))
            chosen = self.any_of(loop.ifs) or chosen
        items = (made.key, made.value) if isinstance(made, ast.DictComp) else (made.elt,)
        computed = self.any_of(items)
        self.scope = self.scope.parent
        return computed or chosen

    _value_of_setcomp = _value_of_generatorexp = _value_of_dictcomp = _value_of_listcomp

    def _value_of_call(self, call: ast.Call) -> bool:
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        functions = [each for each in given if self.function(each)]
        computed_input = self.any_of(each for each in given if each not in functions)
        if self.function(call.func):
            return self.call(call.func, computed_input, call)
        path = self.path(call.func)
        if path is not None and _is_source(path):
            self.calls_to_sources += 1
            return True
        # A function given to another one, as in map(f, data) or sweep(lambda rate: ...).
        computed = computed_input or any(self.call(each, computed_input) for each in functions)
        if path is not None:
            return computed
        is_method = isinstance(call.func, ast.Attribute)
        owner = self.value(call.func.value if is_method else call.func)
        self.calls_to_sources += owner
        if is_method and call.func.attr in CHANGING_METHODS and (computed or self.conditions):
            self.bind(call.func.value, computed=True, whole=False)
        if is_method and call.func.attr == "shuffle" and owner:
            for each in call.args:
                self.bind(each, computed=True, whole=False)
        return computed or owner

    def call(self, callee: ast.expr, computed_input: bool, call: ast.Call | None = None) -> bool:
        """Return whether a function of the notebook gives back something computed."""
        function = self.function(callee)
        if self.depth >= DEEPEST_CALL:
            return computed_input
        if isinstance(function.node, ast.ClassDef):
            if function.node in self.classes:  # a class may make instances of itself
                return computed_input
            self.classes.append(function.node)
            parts = [part for part in ast.walk(function.node) if isinstance(part, ast.Call)]
            computed = self.any_of(parts) or computed_input
            self.classes.pop()
            return computed
        scope = _Scope(function.scope)
        for name, computed in self.parameters(function, computed_input, call):
            scope.bind(name, computed)
        outside, self.scope = self.scope, scope
        self.depth += 1
        if isinstance(function.node, ast.Lambda):
            scope.returns.append(self.value(function.node.body))
        else:
            self.run(function.node.body)
        self.depth -= 1
        self.scope = outside
        return any(scope.returns)

    def parameters(
        self, function: _Function, computed_input: bool, call: ast.Call | None
    ) -> Iterator[tuple[str, bool]]:
        """Yield the parameters of a function and whether what they are given is computed."""
        declared = function.node.args
        ordered = [*declared.posonlyargs, *declared.args]
        defaults = dict(
            zip([each.arg for each in ordered[::-1]], declared.defaults[::-1], strict=False)
        )
        names = [each.arg for each in (*ordered, *declared.kwonlyargs)]
        names += [each.arg for each in (declared.vararg, declared.kwarg) if each is not None]
        given: dict[str, ast.expr] = {}
        if call is not None:
            given = {each.arg: part for each, part in zip(ordered, call.args, strict=False)}
            given |= {each.arg: each.value for each in call.keywords if each.arg}
            starred = any(isinstance(each, ast.Starred) for each in call.args)
            if starred or any(each.arg is None for each in call.keywords):
                call = None  # which value goes where is not known
        for name in names:
            if call is None or name not in {*given, *defaults}:
                yield name, computed_input
            else:
                yield name, self.value(given.get(name, defaults.get(name)))

    def function(self, expression: ast.expr) -> _Function | None:
        """Return the function of the notebook that an expression names or is."""
        if isinstance(expression, ast.Lambda):
            return _Function(expression, self.scope)
        if isinstance(expression, ast.Name) and (owner := self.scope.owner(expression.id)):
            return owner.functions.get(expression.id)
        return None

    def path(self, expression: ast.expr) -> str | None:
        """Return the dotted name of something imported, or None."""
        if isinstance(expression, ast.Attribute):
            path = self.path(expression.value)
            return path and f"{path}.{expression.attr}"
        if isinstance(expression, ast.Name) and (owner := self.scope.owner(expression.id)):
            return owner.modules.get(expression.id)
        return None


def _is_source(path: str) -> bool:
    """Whether calling something imported gives back more than it is given."""
    parts = path.split(".")
    prefixes = {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
    return bool(prefixes & SOURCES) or not (prefixes & PURE_MODULES or parts[-1] in WRAPPERS)


def _base_name(expression: ast.expr) -> str | None:
    """Return the name that `a[0].b` is a part of."""
    while isinstance(expression, ast.Attribute | ast.Subscript):
        expression = expression.value
    return expression.id if isinstance(expression, ast.Name) else None


def _names_in(expression: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(expression) if isinstance(part, ast.Name)}
