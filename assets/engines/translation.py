"""A statement of sql/ in Spark's SQL, with the same rows to the last digit.

Belongs here: what sqlglot leaves different between the two dialects. Not here: running either.

sqlglot parses and writes; before it writes, every column is named and typed, and each expression that the engines take
differently is replaced by one of Spark's with DuckDB's meaning. What has no such expression is refused by name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope

from assets.errors import InputError

Columns = Mapping[str, str]
# Spark writes a double as Java does (1.0E7); this function of the session writes it as DuckDB does.
DOUBLE_AS_TEXT = "double_as_text"
# Types that Parquet or Spark lacks, and what carries them over.
CARRIED_AS = {
    "HUGEINT": "DECIMAL(38,0)",
    "UBIGINT": "DECIMAL(20,0)",
    "UINTEGER": "BIGINT",
    "USMALLINT": "INTEGER",
    "UTINYINT": "SMALLINT",
    "JSON": "VARCHAR",
    "UUID": "VARCHAR",
}
HELD_BY_SPARK = {
    *("BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL", "VARCHAR", "TEXT", "DATE"),
    *(
        "TIMESTAMP",
        "TIMESTAMPTZ",
        "TIMESTAMPNTZ",
        "TIMESTAMP_NS",
        "BLOB",
        "VARBINARY",
        "LIST",
        "ARRAY",
        "STRUCT",
        "MAP",
    ),
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table that a statement reads: its name, and its schema where the statement gives one."""

    name: str
    schema: str = ""

    @property
    def view(self) -> str:
        """Name under which Spark knows it."""
        return f"{self.schema}__{self.name}" if self.schema else self.name


def tables_read(statement: str) -> tuple[Table, ...]:
    """Return the tables that a statement reads, its own common table expressions left out."""
    nodes = _table_nodes(_parsed(statement))
    return tuple(dict.fromkeys(Table(node.name, node.db) for node in nodes))


def translate(statement: str, tables: Mapping[Table, Columns], parameters: Mapping[str, Any]) -> str:
    """Return the statement in Spark's SQL over the views of its tables, whose columns have DuckDB's types.

    Raises:
        InputError: Spark has no expression with the same meaning for a part of it.
    """
    tree = _parsed(statement)
    for named_table in _table_nodes(tree):
        _name_view(named_table)
    for node in list(tree.find_all(exp.Placeholder, exp.Parameter)):
        node.replace(_literal(parameters[node.name or node.this.name]))
    schema: dict[str, object] = {table.view: dict(columns) for table, columns in tables.items()}
    try:
        named = qualify(tree, schema=schema, dialect="duckdb")
        typed = annotate_types(named, schema=schema, dialect="duckdb")
        for union in [node for node in typed.find_all(exp.SetOperation) if node.args.get("by_name")][::-1]:
            _align(union)
        rewritten = _rewritten(typed)
        for select in [node for node in rewritten.find_all(exp.Select) if node.args.get("qualify")][::-1]:
            _filter_outside(select)
        return rewritten.sql("spark", unsupported_level=sqlglot.ErrorLevel.RAISE, comments=False, pretty=True)
    except SqlglotError as error:
        raise InputError(f"a statement cannot be translated for Spark: {error}") from error


def carried(kind: str) -> str:
    """Return the DuckDB type that carries a column of a type through Parquet to Spark without loss."""
    return CARRIED_AS.get(kind.upper(), kind)


def spark_columns(columns: Columns) -> str:
    """Return the columns of a Parquet file that DuckDB wrote, as Spark declares a schema."""
    return ", ".join(f"`{name}` {spark_type(carried(kind))}" for name, kind in columns.items())


def spark_type(kind: str) -> str:
    """Return Spark's name of a DuckDB type.

    Raises:
        InputError: Spark has none.
    """
    built = exp.DataType.build(kind, dialect="duckdb")
    for node in list(built.find_all(exp.DataType)):
        if node.this.value not in HELD_BY_SPARK:
            raise InputError(f"Spark holds no column of type {kind}: leave it out of what its statements read")
    return built.sql("spark")


def _parsed(statement: str) -> exp.Expr:
    """Return the syntax tree of one statement of DuckDB's."""
    try:
        return sqlglot.parse_one(statement, dialect="duckdb")
    except SqlglotError as error:
        raise InputError(f"a statement cannot be read for Spark: {error}") from error


def _table_nodes(tree: exp.Expr) -> list[exp.Table]:
    """Return the nodes that name a table, common table expressions left out."""
    found = []
    for scope in traverse_scope(tree):
        defined = set(scope.cte_sources)
        found += [node for node in scope.tables if node.db or node.name not in defined and not _is_recursive_self(node)]
    return found


def _is_recursive_self(node: exp.Table) -> bool:
    """Return whether a table's name is that of a common table expression around it."""
    cte = node.find_ancestor(exp.CTE)
    while cte is not None:
        if cte.alias == node.name:
            return True
        cte = cte.find_ancestor(exp.CTE)
    return False


def _name_view(node: exp.Table) -> None:
    """Let a table's node name its view, under the alias by which the statement speaks of it."""
    alias = node.alias or node.name
    view = Table(node.name, node.db).view
    node.set("this", exp.to_identifier(view))
    node.set("db", None)
    node.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))


def _literal(value: Any) -> exp.Expr:
    """Return a parameter's value as a literal of its type.

    Raises:
        InputError: it is of a type that no statement takes.
    """
    if isinstance(value, datetime):
        return exp.cast(exp.Literal.string(value.isoformat(sep=" ")), exp.DataType.Type.TIMESTAMPNTZ)
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), "date")
    if value is None or isinstance(value, bool | int | float | str):
        return exp.convert(value)
    raise InputError(f"a parameter of type {type(value).__name__} cannot go to Spark: give text, a number or a date")


# ---- what has to be said otherwise


def _rewritten(tree: exp.Expr) -> exp.Expr:
    """Return the tree with every expression replaced that Spark would take differently, the innermost first."""
    for node in list(tree.dfs())[::-1]:
        rule = REPLACED.get(type(node))
        if rule is None:
            continue
        kind = node.type
        replaced = rule(node)
        if replaced is not node:
            replaced.type = replaced.type or kind
            if node is tree:
                tree = replaced
            else:
                node.replace(replaced)
    return tree


def _align(union: exp.SetOperation) -> None:
    """Give both sides of a union by name the same columns in the same order; one that lacks a column has nulls."""
    names = list(dict.fromkeys([*union.left.named_selects, *union.right.named_selects]))
    for side in (union.left, union.right):
        for select in _selects(side):
            own = {projection.alias_or_name: projection for projection in select.expressions}
            missing = {name: exp.alias_(exp.null(), name) for name in names if name not in own}
            select.set("expressions", [own.get(name) or missing[name] for name in names])
    union.set("by_name", False)


def _filter_outside(select: exp.Select) -> None:
    """Filter on window functions in a select around their own: Spark has no qualify."""
    if select.args.get("order"):
        raise InputError(
            "a select with qualify and order by cannot be translated for Spark: order in a select around it"
        )
    condition = select.args["qualify"].this
    select.set("qualify", None)
    names = select.named_selects
    judged: list[exp.Expr] = list(condition.find_all(exp.Window))
    inside = {id(column) for window in judged for column in window.find_all(exp.Column)}
    judged += [column for column in condition.find_all(exp.Column) if id(column) not in inside]
    for number, part in enumerate(judged):
        name = f"judged_{number}"
        select.append("expressions", exp.alias_(part.copy(), name))
        if part is condition:
            condition = exp.column(name)
        else:
            part.replace(exp.column(name))
    inner = select.copy()
    tables = inner.args.pop("with_", None)
    for key in list(select.args):
        select.set(key, None)
    select.set("with_", tables)
    select.set("expressions", [exp.column(name) for name in names])
    select.set("from_", exp.From(this=exp.Subquery(this=inner, alias=exp.TableAlias(this=exp.to_identifier("judged")))))
    select.set("where", exp.Where(this=condition))


def _selects(side: exp.Expr) -> list[exp.Select]:
    """Return the selects that a side of a union is made of."""
    side = side.unnest()
    if isinstance(side, exp.SetOperation):
        return [*_selects(side.left), *_selects(side.right)]
    return [side] if isinstance(side, exp.Select) else []


def _text(node: exp.Expr) -> exp.Expr:
    """Return an operand as the text that DuckDB makes of it."""
    if _is(node, *exp.DataType.TEXT_TYPES) or _is(node, "unknown") or isinstance(node, exp.Null):
        return node
    if _is(node, *exp.DataType.REAL_TYPES) and not _is(node, "decimal"):
        return _typed(_spark(DOUBLE_AS_TEXT, exp.cast(node, "double")), "varchar")
    return _typed(exp.Cast(this=node, to=exp.DataType.build("varchar")), "varchar")


def _concatenation(node: exp.Expr) -> exp.Expr:
    """Make text of both operands of ``||`` as DuckDB does."""
    for side in ("this", "expression"):
        node.set(side, _text(node.args[side].copy()))
    return node


def _cast(node: exp.Expr) -> exp.Expr:
    """Write doubles as DuckDB does, and round to whole numbers where Spark would cut off."""
    target = node.args["to"]
    if target.is_type("int128"):
        node.set("to", exp.DataType.build(CARRIED_AS["HUGEINT"], dialect="duckdb"))
        return node
    if target.is_type(*exp.DataType.TEXT_TYPES) and _is(node.this, *exp.DataType.REAL_TYPES):
        return _text(node.this.copy())
    if target.is_type(*exp.DataType.INTEGER_TYPES) and _is(node.this, *exp.DataType.REAL_TYPES):
        node.set("this", _spark("rint", node.this.copy()))
    return node


def _truncated_date(node: exp.Expr) -> exp.Expr:
    """Truncate a date to a date: Spark's date_trunc gives an instant."""
    if not _is(node.this, "date"):
        return node
    return _typed(_spark("trunc", node.this.copy(), exp.Literal.string(node.text("unit"))), "date")


def _difference(node: exp.Expr) -> exp.Expr:
    """Count the days between two dates: Spark would give an interval."""
    if _is(node.this, "date") and _is(node.expression, "date"):
        days = _spark("datediff", node.this.copy(), node.expression.copy())
        return _typed(exp.cast(days, "bigint"), "bigint")
    return node


def _quotient(node: exp.Expr) -> exp.Expr:
    """Divide as IEEE 754 and DuckDB do: by zero gives infinity or no number, where Spark would stop."""
    divisor = node.expression
    if isinstance(divisor.unnest(), exp.Literal) and float(divisor.unnest().name) != 0:
        return node
    infinity = exp.cast(exp.Literal.string("Infinity"), "double")
    plain = exp.Div(this=exp.paren(node.this.copy()), expression=exp.paren(divisor.copy()), typed=False, safe=False)
    by_zero = exp.Mul(this=exp.paren(node.this.copy()), expression=infinity)
    condition = exp.EQ(this=exp.paren(divisor.copy()), expression=exp.Literal.number(0))
    return exp.paren(exp.If(this=condition, true=by_zero, false=plain), copy=False)


def _rounding(node: exp.Expr) -> exp.Expr:
    """Round as DuckDB does: the shifted double to a whole number, away from zero at one half."""
    places = node.args.get("decimals")
    if places is None or not _is(node.this, *exp.DataType.REAL_TYPES):
        return node
    factor = exp.cast(exp.Literal.number(10 ** int(places.name)), "double")
    shifted = exp.Mul(this=exp.paren(node.this.copy()), expression=factor)
    return exp.Div(this=exp.Round(this=shifted), expression=factor.copy(), typed=False, safe=False)


def _ordered_total(node: exp.Expr) -> exp.Expr:
    """Add up in the order asked for: Spark's own sum and avg add in whatever order the rows come."""
    if not isinstance(node.this, exp.Order):
        return node
    value, order = node.this.this, node.this.expressions
    total = _spark("aggregate", _in_order(value, order), exp.cast(exp.Literal.number(0), "double"), _plus())
    count = exp.Count(this=value.copy())
    mean = exp.Div(this=total, expression=count.copy(), typed=False, safe=False)
    some = exp.GT(this=count, expression=exp.Literal.number(0))
    return exp.Case(ifs=[exp.If(this=some, true=mean if isinstance(node, exp.Avg) else total)])


def _in_order(value: exp.Expr, order: list[exp.Expr]) -> exp.Expr:
    """Return a group's values that are not null, as an array in an order whose nulls come last."""
    fields: list[exp.Expr] = []
    for number, key in enumerate(order):
        if key.args.get("desc"):
            raise InputError("an aggregate in descending order cannot be translated for Spark: order it ascending")
        fields += [
            exp.alias_(exp.Is(this=key.this.copy(), expression=exp.null()), f"absent_{number}"),
            exp.alias_(key.this.copy(), f"key_{number}"),
        ]
    fields.append(exp.alias_(exp.cast(value.copy(), "double"), "summand"))
    kept = exp.Filter(
        this=_spark("collect_list", _spark("struct", *fields)),
        expression=exp.Where(this=exp.Not(this=exp.Is(this=value.copy(), expression=exp.null()))),
    )
    summand = exp.Lambda(this=exp.column("summand", "entry"), expressions=[exp.to_identifier("entry")])
    return _spark("transform", _spark("sort_array", kept), summand)


def _plus() -> exp.Lambda:
    """Return the function that adds the next summand to what there is."""
    names = [exp.to_identifier("so_far"), exp.to_identifier("summand")]
    return exp.Lambda(this=exp.Add(this=exp.column("so_far"), expression=exp.column("summand")), expressions=names)


def _of_extreme(node: exp.Expr) -> exp.Expr:
    """Leave out rows without a value, as DuckDB does."""
    filled = exp.Not(this=exp.Is(this=node.this.copy(), expression=exp.null()))
    around = node.parent
    if isinstance(around, exp.Filter):
        condition = around.expression.this
        around.expression.set("this", exp.and_(condition.copy(), filled))
        return node
    return exp.Filter(this=node.copy(), expression=exp.Where(this=filled))


def _series(node: exp.Expr) -> exp.Expr:
    """Return a series that is empty where its start lies after its end: Spark would stop."""
    start, end, step = node.args["start"], node.args["end"], node.args["step"]
    series = _spark("sequence", start.copy(), end.copy(), step.copy())
    forward = exp.LTE(this=start.copy(), expression=end.copy())
    return exp.Case(ifs=[exp.If(this=forward, true=series)])


def _rows_of_list(node: exp.Expr) -> exp.Expr:
    """Give each entry of a list a row by a lateral view, so that more can be made of the entry."""
    select = node.find_ancestor(exp.Select)
    if select is None:
        return node
    name = f"entry_{len(select.args.get('laterals') or [])}"
    alias = exp.TableAlias(this=exp.to_identifier(f"of_{name}"), columns=[exp.to_identifier(name)])
    view = exp.Lateral(this=exp.Explode(this=node.this.copy()), view=True, alias=alias)
    select.append("laterals", view)
    return exp.column(name, f"of_{name}")


def _months(node: exp.Expr) -> exp.Expr:
    """Return Spark's interval of so many months; any other function that sqlglot does not know is refused."""
    name = str(node.this).lower()
    if name == "to_months":
        return _spark("make_ym_interval", exp.Literal.number(0), node.expressions[0].copy())
    raise InputError(
        f"the function {name} cannot be translated for Spark: give it a rule in assets/engines/translation.py"
    )


def _days(node: exp.Expr) -> exp.Expr:
    """Return Spark's interval of so many days."""
    return _spark("make_dt_interval", node.this.copy())


def _spark(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    """Return a call of a function by Spark's own name."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def _is(node: exp.Expr, *kinds: Any) -> bool:
    """Return whether an expression is known to be of one of the types."""
    return node.type is not None and node.type.is_type(*kinds)


def _typed(node: exp.Expr, kind: str) -> exp.Expr:
    """Return the expression with its type of DuckDB's."""
    node.type = exp.DataType.build(kind, dialect="duckdb")
    return node


REPLACED: dict[type[exp.Expr], Callable[[Any], exp.Expr]] = {
    exp.DPipe: _concatenation,
    exp.Cast: _cast,
    exp.DateTrunc: _truncated_date,
    exp.TimestampTrunc: _truncated_date,
    exp.Sub: _difference,
    exp.Div: _quotient,
    exp.Round: _rounding,
    exp.Sum: _ordered_total,
    exp.Avg: _ordered_total,
    exp.ArgMax: _of_extreme,
    exp.ArgMin: _of_extreme,
    exp.GenerateSeries: _series,
    exp.Explode: _rows_of_list,
    exp.ToDays: _days,
    exp.Anonymous: _months,
}
