"""A site of three processes under random fire, for a short time: nothing may be lost."""

from chaos import report
from chaos.drive import Pace
from chaos.run import Setting, run

# On a busy machine the faults take longer, and there are as many.
SHORT = Setting(
    seed=20,
    seconds=300,
    faults=60,
    rooms=8,
    people=2,
    heavy_pause=2.0,
    light_pause=0.4,
    pace=Pace(tokens=(30, 120)),
    slowness=5.0,
)


async def test_nothing_is_lost_while_everything_breaks() -> None:
    said: list[str] = []
    result = await run(SHORT, said.append, keep=True)
    assert result.counts.all_zero, "\n".join([*said, report.text(result), report.failure(result)])
    assert result.plan.done.total() >= SHORT.faults and result.generations > 20
