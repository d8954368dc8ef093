"""Who handles which letters: every kind a flow or a talk knows, by name."""

from collections.abc import Collection, Mapping

from bots.providers import Providers
from bots.pump import Handler
from core.conversation.floor import KINDS as FLOOR_LETTERS, FloorHandler
from core.conversation.forms import KINDS as FORM_LETTERS, FormHandler
from core.conversation.manager import KINDS as TALK_KINDS, Conversation
from core.conversation.script import Script
from core.conversation.undoing import UNDO as JOINING_UNDO, JoiningHandler
from core.flows.charge_letters import KINDS as CHARGE_LETTERS, NOTICE, ChargeHandler, NoticeHandler
from core.flows.charges import Provider
from core.flows.debts import KIND as DEBT_PAID, DebtHandler
from core.flows.demo import DemoHandler
from core.flows.doors import KINDS as DOOR_LETTERS, DoorHandler
from core.flows.file_letters import KINDS as FILE_LETTERS, FileHandler
from core.flows.fiscal import KINDS as RECEIPT_LETTERS, FiscalHandler
from core.flows.handlers import KINDS as JOB_KINDS, JobHandler
from core.flows.hours import RETURN as MASTER_RETURN, HoursHandler
from core.flows.owner import KINDS as OWNER_LETTERS, OwnerHandler
from core.flows.payments import PaymentHandler
from core.flows.payouts import KINDS as PAYOUT_LETTERS, PayoutHandler
from core.flows.reconciliation import KINDS as BOOKS_LETTERS, ReconciliationHandler
from core.flows.refunds import KINDS as REFUND_LETTERS, RefundHandler
from core.flows.replays import KIND as REPLAY, ReplayHandler
from core.flows.taxes import KIND as TAX_STATUS, TaxHandler
from core.flows.terminals import LETTERS as TERMINAL_LETTERS, TerminalHandler
from core.flows.tickets import KIND as TICKET_CLOSE, TicketHandler


def all_handlers(
    script: Script, *, providers: Providers, provider: Provider, doors: Collection[str] = ()
) -> Mapping[str, Handler]:
    """Return the handler of every kind of letter.

    Args:
        script: What talks work with; markets, texts and whether this is the demo are taken from it.
        providers: Everybody who moves money.
        provider: The one of them that is connected.
        doors: By which people can be told something, by name.
    """
    markets = script.markets
    conversation = Conversation(script)
    hours = HoursHandler(markets)
    payments = PaymentHandler(markets, provider)
    without_registry = {name for name, each in providers.gateways.items() if not each.has_registry}
    reconciliation = ReconciliationHandler(provider, without_registry=without_registry)
    demo = DemoHandler(markets, is_on=script.is_demo)
    return {
        **dict.fromkeys(TALK_KINDS, conversation),
        **dict.fromkeys(FLOOR_LETTERS, FloorHandler(script, conversation)),
        **dict.fromkeys(FORM_LETTERS, FormHandler(script, conversation)),
        **dict.fromkeys(DOOR_LETTERS, DoorHandler(doors)),
        JOINING_UNDO: JoiningHandler(),
        **dict.fromkeys(JOB_KINDS, JobHandler()),
        **dict.fromkeys(FILE_LETTERS, FileHandler(markets=markets, catalogue=script.catalogue)),
        **dict.fromkeys(("hours-change", "hours-confirm", "hours-ask", MASTER_RETURN), hours),
        **dict.fromkeys(("payment-open", "payment-cash", "payment-charge", "payment-remind"), payments),
        **dict.fromkeys(CHARGE_LETTERS, ChargeHandler(markets)),
        **dict.fromkeys(REFUND_LETTERS, RefundHandler(markets)),
        **dict.fromkeys(PAYOUT_LETTERS, PayoutHandler(markets, providers.payout_rules())),
        **dict.fromkeys(RECEIPT_LETTERS, FiscalHandler(providers.registrars.rules)),
        **dict.fromkeys(BOOKS_LETTERS, reconciliation),
        NOTICE: NoticeHandler(),
        **dict.fromkeys(("demo-city", "demo-hours", "demo-act"), demo),
        **dict.fromkeys(TERMINAL_LETTERS, TerminalHandler()),
        DEBT_PAID: DebtHandler(markets),
        TAX_STATUS: TaxHandler(),
        TICKET_CLOSE: TicketHandler(),
        REPLAY: ReplayHandler(),
        **dict.fromkeys(OWNER_LETTERS, OwnerHandler(next(iter(markets.values())))),
    }
