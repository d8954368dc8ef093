"""How a payment is divided: the provider's fee, the master's share of the net, the rest is ours (K1–K3)."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.kernel.money import Money, Rate
from core.kernel.payment import Method


@dataclass(frozen=True, slots=True)
class SettlementRules:
    """Who gets what.

    Attributes:
        fee: The fee of each method, as a share of the amount.
        master: The master's share of the net.
    """

    fee: Mapping[Method, Rate]
    master: Rate


@dataclass(frozen=True, slots=True)
class Split:
    """An amount and its parts: fee + platform + master = amount, to the kopeck."""

    amount: Money
    fee: Money
    net: Money
    platform: Money
    master: Money


def split(amount: Money, method: Method, rules: SettlementRules) -> Split:
    """Divide an amount. Fee and master's share round half up; the platform takes the remainder (K3)."""
    fee, net = amount.split(rules.fee[method])
    master, platform = net.split(rules.master)
    return Split(amount=amount, fee=fee, net=net, platform=platform, master=master)
