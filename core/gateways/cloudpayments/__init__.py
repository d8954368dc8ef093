"""CloudPayments: an order's page for cards, in one or two stages, and a link for SBP. Sums in roubles.

It knows a transaction only once somebody has begun to pay: an order that nobody has touched cannot be
read, and never expires. So our `provider_id` carries what was asked: its number at CloudPayments, the sum
and when it is over. `read` closes an order whose time has passed. A declined card is no end either: the
client may try another on the same page, so such a charge still waits, with the reason.
"""

from core.gateways.cloudpayments.gateway import CloudPayments

__all__ = ["CloudPayments"]
