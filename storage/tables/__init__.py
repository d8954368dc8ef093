"""Every row, one file per area."""

from storage.tables.care import RatingRow, TicketRow
from storage.tables.charges import ChargeRow, DifferenceRow, PayoutRow, ReceiptRow, RefundRow
from storage.tables.columns import Instant, Json, Row
from storage.tables.doors import DoorRow, JoiningRow, LinkCodeRow, MessageRow
from storage.tables.jobs import BookingRow, DecisionRow, JobRow, OfferRow
from storage.tables.mail import EffectRow, EffectStatus, EventRow, LaneRow, LetterRow, LetterStatus, Priority
from storage.tables.money import BalanceRow, PaymentRow, TransferRow
from storage.tables.people import HoursRow, MasterRow, MasterTradeRow, PersonRow, TerminalRow
from storage.tables.talks import TalkRow, UtteranceRow

__all__ = [
    "BalanceRow",
    "BookingRow",
    "ChargeRow",
    "DecisionRow",
    "DifferenceRow",
    "DoorRow",
    "EffectRow",
    "EffectStatus",
    "EventRow",
    "HoursRow",
    "Instant",
    "JobRow",
    "JoiningRow",
    "Json",
    "LaneRow",
    "LetterRow",
    "LetterStatus",
    "LinkCodeRow",
    "MasterRow",
    "MasterTradeRow",
    "MessageRow",
    "OfferRow",
    "PaymentRow",
    "PayoutRow",
    "PersonRow",
    "Priority",
    "RatingRow",
    "ReceiptRow",
    "RefundRow",
    "Row",
    "TalkRow",
    "TerminalRow",
    "TicketRow",
    "TransferRow",
    "UtteranceRow",
]
