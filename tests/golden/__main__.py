"""Write the golden digests of every scenario."""

from tests.golden import SCENARIOS, path, write

for scenario_id in SCENARIOS:
    write(scenario_id)
    print(f"written: {path(scenario_id)}")
