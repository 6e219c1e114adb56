"""Rows, written and read by SQL that is put together once for each model.

For what happens while somebody waits for the model: the ORM takes several times longer to say such
a statement than the database to carry it out. Values go through the fields as the ORM's do, but no
signal is sent, none may be an expression, and a row that another one names must be there already.
"""

from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, models
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row", bound=models.Model)

INSERT = "INSERT INTO {table} ({columns}) VALUES ({places})"
UPDATE = "UPDATE {table} SET {changed} WHERE {key} = %s"
SELECT = "SELECT {columns} FROM {table} WHERE {key} = %s"


def insert(row: Row) -> Row:
    """Write a new row, and give it: with its key, if that is one that the database makes."""
    # This thread's connection: `connection` would look for it each time that it is named.
    database = connections[DEFAULT_DB_ALIAS]
    statement, fields = _inserting(type(row))
    values = [each.get_db_prep_save(each.pre_save(row, add=True), database) for each in fields]
    with database.cursor() as cursor:
        cursor.execute(statement, values)
        if row._meta.auto_field is not None:
            row.pk = cursor.lastrowid if database.vendor == "sqlite" else cursor.fetchone()[0]
    row._state.adding, row._state.db = False, database.alias
    return row


def update(row: models.Model, *names: str) -> None:
    """Write these fields of a row; raises DatabaseError if it is not there any more."""
    database = connections[DEFAULT_DB_ALIAS]
    statement, fields = _updating(type(row), names)
    values = [each.get_db_prep_save(each.pre_save(row, add=False), database) for each in fields]
    key = row._meta.pk.get_db_prep_value(row.pk, database)
    with database.cursor() as cursor:
        cursor.execute(statement, [*values, key])
        if cursor.rowcount != 1:
            raise DatabaseError(f"there is no {type(row).__name__} {row.pk}")


def held(model: type[Row], key: object) -> Row | None:
    """The row with this key, which nobody else can change before the transaction ends.

    Raises TransactionManagementError where there is none.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if not database.in_atomic_block:
        raise TransactionManagementError("a row is held until the end of a transaction")
    statement, names, columns = _selecting(model)
    with database.cursor() as cursor:
        cursor.execute(statement, [model._meta.pk.get_db_prep_value(key, database)])
        found = cursor.fetchone()
    if found is None:
        return None
    compiler = model._base_manager.all().query.get_compiler(connection=database)
    (values,) = compiler.apply_converters([found], compiler.get_converters(columns))
    return model.from_db(database.alias, names, values)


@cache
def _inserting(model: type[models.Model]) -> tuple[str, list[Any]]:
    """The statement, and the fields whose values it takes."""
    numbered = model._meta.auto_field
    fields = [each for each in model._meta.concrete_fields if each is not numbered]
    places = ", ".join("%s" for _field in fields)
    statement = _said(INSERT, model, columns=_listed(fields), places=places)
    if numbered is not None and connection.vendor != "sqlite":
        statement += f" RETURNING {_listed([numbered])}"
    return statement, fields


@cache
def _updating(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, list[Any]]:
    """The same for what changes these fields."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    changed = ", ".join(f"{_listed([each])} = %s" for each in fields)
    return _said(UPDATE, model, changed=changed), fields


@cache
def _selecting(model: type[models.Model]) -> tuple[str, list[str], list[Any]]:
    """The statement, the names of what it gives, and the columns that this comes from."""
    fields = model._meta.concrete_fields
    statement = _said(SELECT, model, columns=_listed(fields))
    if connection.features.has_select_for_update:
        statement += f" {connection.ops.for_update_sql()}"
    columns = [each.get_col(model._meta.db_table) for each in fields]
    return statement, [each.attname for each in fields], columns


def _listed(fields: Any) -> str:
    """The names of columns."""
    return ", ".join(connection.ops.quote_name(each.column) for each in fields)


def _said(statement: str, model: type[models.Model], **more: str) -> str:
    """A statement about a model's table."""
    table = connection.ops.quote_name(model._meta.db_table)
    return statement.format(table=table, key=_listed([model._meta.pk]), **more)
