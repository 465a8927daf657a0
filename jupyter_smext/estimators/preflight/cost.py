"""What the launch can cost, against the budgets of the user and of the administrator."""

from __future__ import annotations

from collections.abc import Iterator

from ..models import Finding, PriceEstimate
from .context import Context, error, unknown, warning


def check_cost(context: Context, price: PriceEstimate) -> Iterator[Finding]:
    """Findings about the price of the whole launch."""
    if price.usd_at_most is None:
        missing = next((line.what for line in price.lines if line.usd is None), "the job")
        yield unknown(
            "PriceUnknown",
            "spec.compute",
            f"No price is known for {missing} in {price.region} (table of {price.table_date}).",
            "`jupyter smext price refresh` reads the newest prices from AWS.",
        )
        if context.max_cost_usd is not None:
            yield error(
                "OverAdminBudget",
                "spec.compute",
                f"The administrator allows at most {context.max_cost_usd:g} USD, and the price is not known.",
            )
        return
    budget = context.spec.policy.max_cost_usd if context.spec.policy else None
    if budget is not None and price.usd_at_most > budget:
        yield warning(
            "OverBudget",
            "policy.max_cost_usd",
            f"The launch can cost {price.usd_at_most:.2f} USD, more than the budget of {budget:g} USD.",
            "Shorten the longest run, or choose a smaller instance.",
        )
    if context.max_cost_usd is not None and price.usd_at_most > context.max_cost_usd:
        yield error(
            "OverAdminBudget",
            "spec.compute",
            f"The launch can cost {price.usd_at_most:.2f} USD; the administrator allows {context.max_cost_usd:g} USD.",
        )
