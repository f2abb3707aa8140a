"""What is kept of nodes is what Z3 says of them."""

from __future__ import annotations

from fractions import Fraction

import z3
from hypothesis import given
from hypothesis import strategies as st

from spec.curves import logistic
from spec.nodes import (
    children_of,
    id_of,
    is_numeral,
    is_symbol,
    kind_of,
    name_of,
    number_in,
    topological,
)
from spec.terms import Real, numeral

NAMES = ("x", "y", "parameter.rate")

_LEAVES = st.one_of(
    st.sampled_from(NAMES).map(z3.Real),
    st.fractions(max_denominator=1000).map(numeral),
    st.integers(-(10**20), 10**20).map(z3.IntVal).map(z3.ToReal),
)


def _grown(smaller: st.SearchStrategy[z3.ArithRef]) -> st.SearchStrategy[z3.ArithRef]:
    pairs = st.tuples(smaller, smaller)
    return st.one_of(
        pairs.map(lambda pair: pair[0] + pair[1]),
        pairs.map(lambda pair: pair[0] * pair[1]),
        pairs.map(lambda pair: pair[0] / pair[1]),
        pairs.map(lambda pair: z3.If(pair[0] <= pair[1], *pair)),
        smaller.map(lambda term: -term),
        smaller.map(lambda term: logistic(Real(term)).term),
    )


TERMS = st.recursive(_LEAVES, _grown, max_leaves=8)


@given(TERMS)
def test_each_node_is_what_z3_says(term: z3.ArithRef) -> None:
    for node in topological([term]):
        assert [each.get_id() for each in children_of(node)] == [
            each.get_id() for each in node.children()
        ]
        assert kind_of(node) == node.decl().kind()
        numeric = z3.is_rational_value(node) or z3.is_int_value(node)
        assert is_numeral(node) == numeric
        symbol = z3.is_const(node) and node.decl().kind() == z3.Z3_OP_UNINTERPRETED
        assert is_symbol(node) == symbol
        assert name_of(node) == (node.decl().name() if symbol else "")
        if numeric:
            exact = node.as_fraction() if node.is_real() else Fraction(node.as_long())
            assert number_in(node) == exact
        else:
            assert number_in(node) is None


@given(TERMS, TERMS)
def test_ids_are_equal_where_terms_are(first: z3.ArithRef, second: z3.ArithRef) -> None:
    both = [*topological([first]), *topological([second])]
    for one in both:
        for other in both:
            assert (id_of(one) == id_of(other)) == one.eq(other)


@given(st.lists(TERMS, max_size=4))
def test_children_come_first_and_each_node_once(terms: list[z3.ArithRef]) -> None:
    order = [id_of(node) for node in topological(terms)]
    assert len(order) == len(set(order))
    place = {number: index for index, number in enumerate(order)}
    for node in topological(terms):
        assert all(place[id_of(child)] < place[id_of(node)] for child in children_of(node))


def test_a_quantifier_has_its_body_and_no_operation() -> None:
    x = z3.Real("x")
    closed = z3.ForAll([x], x * x >= 0)
    (body,) = children_of(closed)
    assert body.eq(closed.body())
    assert kind_of(closed) == -1
    bound = [node for node in topological([closed]) if z3.is_var(node)]
    assert len(bound) == 1
    assert not is_symbol(bound[0])


def test_a_numeral_too_long_for_python_to_read_is_walked_all_the_same() -> None:
    long = z3.RealVal("9" * 10_000) * z3.Real("x")
    assert any(is_numeral(node) for node in topological([long]))
