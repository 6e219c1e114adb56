"""Arithmetic that runs no code: an expression is read as a tree, of which little is understood."""

import ast
import math
import operator
from collections.abc import Callable
from decimal import Context, Decimal, DecimalException, localcontext
from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from .tool import ToolError, tool

LONGEST = 500
DIGITS = 50
SHOWN = 30
LARGEST_EXPONENT = 1_200
MOST_BITS = 4_000
LARGEST_FACTORIAL = 500

Number = int | Decimal
BINARY: dict[type[ast.operator], Callable[[Any, Any], Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
UNARY: dict[type[ast.unaryop], Callable[[Any], Number]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}
CONSTANTS = {
    "pi": Decimal("3.14159265358979323846264338327950288419716939937510"),
    "e": Decimal("2.71828182845904523536028747135266249775724709369996"),
}
FLOATING = "sin cos tan asin acos atan sinh cosh tanh degrees radians".split()


@tool(_("Calculator"))
def calculate(expression: Annotated[str, Field(max_length=LONGEST)]) -> str:
    """Calculate an arithmetic expression exactly, or to 30 digits.

    Understands + - * / // % ** and parentheses, the constants pi and e, and the functions sqrt,
    exp, ln, log10, log2, abs, round, floor, ceil, min, max, factorial, sin, cos, tan, asin, acos,
    atan, degrees and radians.

    Args:
        expression: For example (3 + 4.5) * 2**10 or sqrt(2).
    """
    try:
        tree = ast.parse(expression.strip().replace("^", "**").replace("×", "*"), mode="eval")
        with localcontext(prec=DIGITS, Emax=LARGEST_EXPONENT, Emin=-LARGEST_EXPONENT):
            return _said(_value(tree.body))
    except (SyntaxError, RecursionError, MemoryError):
        raise ToolError("This is not an expression that can be calculated.") from None
    except ZeroDivisionError:
        raise ToolError("This divides by zero.") from None
    except (DecimalException, ArithmeticError, ValueError, TypeError):
        raise ToolError("This has no value that can be calculated.") from None


def _value(node: ast.expr) -> Number:
    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int(number)):
            return _bounded(number)
        case ast.Constant(value=float(number)):
            return +Decimal(repr(number))
        case ast.Name(id=name) if name in CONSTANTS:
            return CONSTANTS[name]
        case ast.UnaryOp(op=op, operand=operand) if type(op) in UNARY:
            return UNARY[type(op)](_value(operand))
        case ast.BinOp(left=left, op=op, right=right):
            return _bounded(_combined(type(op), _value(left), _value(right)))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            return _bounded(FUNCTIONS[name](*map(_value, arguments)))
    raise ToolError("Only numbers, the usual operators and the functions named can be used.")


def _combined(op: type[ast.operator], left: Number, right: Number) -> Number:
    if op is ast.Pow:
        return _power(left, right)
    if op is ast.Div:
        return _quotient(left, right)
    if op not in BINARY:
        raise ToolError("This operator cannot be used.")
    return BINARY[op](*_alike(left, right))


def _alike(left: Number, right: Number) -> tuple[Number, Number]:
    both_whole = isinstance(left, int) and isinstance(right, int)
    return (left, right) if both_whole else (Decimal(left), Decimal(right))


def _quotient(left: Number, right: Number) -> Number:
    if isinstance(left, int) and isinstance(right, int) and right and left % right == 0:
        return left // right
    return Decimal(left) / Decimal(right)


def _power(base: Number, exponent: Number) -> Number:
    if isinstance(base, int) and isinstance(exponent, int) and exponent >= 0:
        if base.bit_length() * exponent > MOST_BITS:
            raise ToolError("This number is too large.")
        return int(base**exponent)
    # Decimal gives up by itself where an exponent would be too large.
    return Decimal(base) ** Decimal(exponent)


def _bounded(number: Number) -> Number:
    if isinstance(number, int) and number.bit_length() > MOST_BITS:
        raise ToolError("This number is too large.")
    return number


def _factorial(number: Number) -> int:
    if not isinstance(number, int) or not 0 <= number <= LARGEST_FACTORIAL:
        raise ToolError(f"A factorial is known for whole numbers from 0 to {LARGEST_FACTORIAL}.")
    return math.factorial(number)


def _round(number: Number, digits: Number = 0) -> Number:
    if not -DIGITS <= digits <= DIGITS:
        raise ToolError(f"A number is rounded to at most {DIGITS} digits.")
    return round(Decimal(number), int(digits)) if digits else round(number)


def _floating(name: str) -> Callable[[Number], Number]:
    function = getattr(math, name)
    return lambda number: Decimal(repr(function(float(number))))


FUNCTIONS: dict[str, Callable[..., Number]] = {
    "abs": abs,
    "min": min,
    "max": max,
    "round": _round,
    "floor": math.floor,
    "ceil": math.ceil,
    "factorial": _factorial,
    "sqrt": lambda number: Decimal(number).sqrt(),
    "exp": lambda number: Decimal(number).exp(),
    "ln": lambda number: Decimal(number).ln(),
    "log": lambda number: Decimal(number).ln(),
    "log10": lambda number: Decimal(number).log10(),
    "log2": lambda number: Decimal(number).ln() / Decimal(2).ln(),
    **{name: _floating(name) for name in FLOATING},
}


def _said(number: Number) -> str:
    if isinstance(number, int):
        return str(number)
    if not number.is_finite():
        raise ToolError("This has no value that can be calculated.")
    rounded = number.normalize(Context(prec=SHOWN))
    if rounded == rounded.to_integral_value() and abs(rounded) < 10**SHOWN:
        return str(int(rounded))
    return str(rounded)
