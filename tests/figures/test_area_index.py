"""What lies in an area: the same as when every rectangle is looked at."""

from hypothesis import given
from hypothesis import strategies as st

from explorer.figures.canvas.area_index import Area, AreaIndex

spans = st.tuples(
    st.integers(-3_000, 3_000), st.integers(-3_000, 3_000), st.integers(0, 2_500), st.integers(0, 900)
)
areas = spans.map(lambda at: Area(at[0], at[1], at[0] + at[2], at[1] + at[3]))
large = st.tuples(
    st.integers(-4_000, 0), st.integers(-4_000, 0), st.integers(0, 6_000), st.integers(0, 6_000)
).map(Area._make)


@given(st.lists(areas, max_size=40), st.one_of(areas, large))
def test_what_is_near_is_what_meets(boxes: list[Area], area: Area) -> None:
    index: AreaIndex[int] = AreaIndex()
    for number, box in enumerate(boxes):
        index.put(number, box)
    inside, edge = index.inside_and_near(area)
    wanted = {number for number, box in enumerate(boxes) if box.meets(area)}
    assert inside.keys() | edge.keys() == index.near(area).keys() == wanted
    assert not inside.keys() & edge.keys()
    assert all(area.holds(box) for box in inside.values())
