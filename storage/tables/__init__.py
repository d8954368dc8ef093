"""Every row, one file per area."""

from storage.tables.care import RatingRow, TicketRow
from storage.tables.charges import ChargeRow, DifferenceRow, PayoutRow, ReceiptRow, RefundRow
from storage.tables.columns import Instant, Json, Row
from storage.tables.jobs import BookingRow, DecisionRow, JobRow, OfferRow
from storage.tables.mail import EffectRow, EffectStatus, EventRow, LaneRow, LetterRow, LetterStatus
from storage.tables.money import BalanceRow, PaymentRow, TransferRow
from storage.tables.people import HoursRow, MasterRow, MasterTradeRow, PersonRow, TerminalRow
from storage.tables.talks import TalkRow, UtteranceRow

__all__ = [
    "BalanceRow",
    "BookingRow",
    "ChargeRow",
    "DecisionRow",
    "DifferenceRow",
    "EffectRow",
    "EffectStatus",
    "EventRow",
    "HoursRow",
    "Instant",
    "JobRow",
    "Json",
    "LaneRow",
    "LetterRow",
    "LetterStatus",
    "MasterRow",
    "MasterTradeRow",
    "OfferRow",
    "PaymentRow",
    "PayoutRow",
    "PersonRow",
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
