"""What we say, as calls of the Bot API."""

from collections.abc import Iterator, Sequence

from aiogram.methods import SendDocument, SendMessage, SendPhoto
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    WebAppInfo,
)

from core.messages import Ask, Button, Paper, Reply

PHOTO_BYTES_MAX = 10 * 1024 * 1024
PAPER = "paper"
_PHOTOS = frozenset({"image/jpeg", "image/png"})
_COLUMNS = ((9, 3), (18, 2))  # labels up to so many characters can be read so many in a row

Keyboard = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


def message(chat_id: int, reply: Reply) -> SendMessage:
    """Return the call that says a reply without papers. Nothing in it is markup."""
    return SendMessage(
        chat_id=chat_id,
        text=_text(reply),
        reply_markup=keyboard(reply.buttons),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )


def photo(chat_id: int, reply: Reply) -> SendPhoto:
    """Return the call that shows the paper as a picture at once; the file goes with it as `PAPER`."""
    return SendPhoto(
        chat_id=chat_id,
        photo=f"attach://{PAPER}",
        caption=_text(reply) or None,
        reply_markup=keyboard(reply.buttons),
    )


def document(chat_id: int, reply: Reply) -> SendDocument:
    """Return the call that sends the paper as it is; the file goes with it as `PAPER`."""
    return SendDocument(
        chat_id=chat_id,
        document=f"attach://{PAPER}",
        caption=_text(reply) or None,
        reply_markup=keyboard(reply.buttons),
    )


def is_photo(paper: Paper) -> bool:
    """Tell whether a file is shown as a picture: Telegram shrinks those, so a scan in another type stays."""
    return paper.type in _PHOTOS and len(paper.content) <= PHOTO_BYTES_MAX


def keyboard(buttons: Sequence[Button]) -> Keyboard:
    """Return what stands under a message.

    A contact or a place can only be asked for by the keyboard that stands instead of the letters, and a
    message has one keyboard: choices beside such a question become keys that say their label. It hides once
    a key was pressed, and the next message that has no buttons takes it away.
    """
    if not buttons:
        return ReplyKeyboardRemove(remove_keyboard=True)
    if any(button.asks for button in buttons):
        keys = [[_key(button)] for button in buttons if not button.url]
        return ReplyKeyboardMarkup(keyboard=keys, resize_keyboard=True, one_time_keyboard=True)
    return InlineKeyboardMarkup(
        inline_keyboard=[[_inline(button) for button in row] for row in _rows(buttons)]
    )


def _text(reply: Reply) -> str:
    """Return the words, with the links that find no place on a keyboard of questions."""
    if not any(button.asks for button in reply.buttons):
        return reply.text
    links = [f"{button.label}: {button.url}" for button in reply.buttons if button.url]
    return "\n".join((reply.text, *links))


def _key(button: Button) -> KeyboardButton:
    match button.asks:
        case Ask.CONTACT:
            return KeyboardButton(text=button.label, request_contact=True)
        case Ask.LOCATION:
            return KeyboardButton(text=button.label, request_location=True)
        case _:
            return KeyboardButton(text=button.label)


def _inline(button: Button) -> InlineKeyboardButton:
    if button.is_app and button.url.startswith("https://"):
        return InlineKeyboardButton(text=button.label, web_app=WebAppInfo(url=button.url))
    if button.url:
        return InlineKeyboardButton(text=button.label, url=button.url)
    return InlineKeyboardButton(text=button.label, callback_data=button.choice)


def _rows(buttons: Sequence[Button]) -> Iterator[Sequence[Button]]:
    """Set buttons side by side as far as the longest label can be read."""
    longest = max(len(button.label) for button in buttons)
    columns = next((columns for label, columns in _COLUMNS if longest <= label), 1)
    for start in range(0, len(buttons), columns):
        yield buttons[start : start + columns]
