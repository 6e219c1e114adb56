"""Rows, written and read by SQL that is put together once for each model.

For what happens while somebody waits for the model: the ORM takes several times longer to say such
a statement than the database to carry it out. Values go through the fields as the ORM's do, but no
signal is sent, and none may be an expression.
"""

from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

Row = TypeVar("Row", bound=models.Model)

INSERT = "INSERT INTO {table} ({columns}) VALUES ({places}) RETURNING {key}"
UPDATE = "UPDATE {table} SET {changed} WHERE {key} = %s"
SELECT = "SELECT {columns} FROM {table} WHERE {key} = %s {held}"


def insert(row: Row) -> Row:
    """Write a new row, and give it: with its key, if that is one that the database makes."""
    # The connection itself: `connection` looks for it each time that it is named.
    database = connections[DEFAULT_DB_ALIAS]
    statement, fields = _inserting(type(row))
    values = [each.get_db_prep_save(each.pre_save(row, add=True), database) for each in fields]
    with database.cursor() as cursor:
        cursor.execute(statement, values)
        (key,) = cursor.fetchone()
    if row._meta.auto_field is not None:
        row.pk = key
    row._state.adding, row._state.db = False, database.alias
    return row


def update(row: models.Model, *names: str) -> None:
    """Write these fields of a row."""
    database = connections[DEFAULT_DB_ALIAS]
    statement, fields = _updating(type(row), names)
    values = [each.get_db_prep_save(each.pre_save(row, add=False), database) for each in fields]
    key = row._meta.pk.get_db_prep_value(row.pk, database)
    with database.cursor() as cursor:
        cursor.execute(statement, [*values, key])


def held(model: type[Row], key: object) -> Row | None:
    """The row with this key, which nobody else can change before the transaction ends."""
    database = connections[DEFAULT_DB_ALIAS]
    statement, names, converters = _selecting(model)
    with database.cursor() as cursor:
        cursor.execute(statement, [model._meta.pk.get_db_prep_value(key, database)])
        found = cursor.fetchone()
    if found is None:
        return None
    values = list(found)
    for place, convert, column in converters:
        values[place] = convert(values[place], column, database)
    return model.from_db(database.alias, names, values)


@cache
def _inserting(model: type[models.Model]) -> tuple[str, list[Any]]:
    """The statement, and the fields whose values it takes."""
    fields = [each for each in model._meta.concrete_fields if each is not model._meta.auto_field]
    return _said(INSERT, model, fields, places=", ".join("%s" for _field in fields)), fields


@cache
def _updating(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, list[Any]]:
    """The same for what changes these fields."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    changed = ", ".join(f"{connection.ops.quote_name(each.column)} = %s" for each in fields)
    return _said(UPDATE, model, fields, changed=changed), fields


@cache
def _selecting(model: type[models.Model]) -> tuple[str, list[str], list[tuple[int, Any, Any]]]:
    """The statement, the names of what it gives, and what makes values of some of it."""
    fields = list(model._meta.concrete_fields)
    held = connection.ops.for_update_sql() if connection.features.has_select_for_update else ""
    compiler = model._base_manager.all().query.get_compiler(connection=connection)
    found = compiler.get_converters([each.get_col(model._meta.db_table) for each in fields])
    converters = [
        (place, convert, column)
        for place, (several, column) in found.items()
        for convert in several
    ]
    return _said(SELECT, model, fields, held=held), [each.attname for each in fields], converters


def _said(statement: str, model: type[models.Model], fields: list[Any], **more: str) -> str:
    """A statement about a model's table and these of its columns."""
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(each.column) for each in fields)
    table, key = quoted(model._meta.db_table), quoted(str(model._meta.pk.column))
    return statement.format(table=table, columns=columns, key=key, **more)
