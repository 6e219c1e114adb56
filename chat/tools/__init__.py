"""Tools: typed Python functions that a model may ask for, and the boxes they are offered in."""

from .allow import Allow, Switched
from .registry import builtin, known
from .running import Result, run
from .tool import Context, FunctionTool, Tool, ToolError, tool
from .toolbox import Switch, Toolbox, allow_always, switch, switches, toolbox

__all__ = [
    "Allow",
    "Context",
    "FunctionTool",
    "Result",
    "Switch",
    "Switched",
    "Tool",
    "ToolError",
    "Toolbox",
    "allow_always",
    "builtin",
    "known",
    "run",
    "switch",
    "switches",
    "tool",
    "toolbox",
]
