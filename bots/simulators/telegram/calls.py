"""What each method of the Bot API does."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from urllib.parse import urlsplit

from bots.simulators.telegram.books import FILE_LINK, PRESS, Books, Bot, Row, Talk, Webhook
from bots.simulators.telegram.no import No, bad
from bots.simulators.telegram.shapes import TEXT_MAX, Args, Uploaded

UPLOAD_MAX, PHOTO_MAX, DOWNLOAD_MAX = 50 * 1024 * 1024, 10 * 1024 * 1024, 20 * 1024 * 1024
POLL_S_MAX = 50
_SECRET_MAX = 256
_PORTS = {None, 80, 88, 443, 8443}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"GIF8", b"BM")
_MESSAGE_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
_WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook "
    "first"
)
_OTHER_POLL = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
_FOLDERS = {"image": "photos", "video": "videos", "audio": "voice"}

Call = Callable[[Bot, Args], object]


class Calls:
    """The methods, by their names in lower case."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self._calls: dict[str, Call] = {
            "getme": self._get_me,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._webhook_info,
            "sendmessage": self._send_message,
            "sendphoto": lambda bot, args: self._send_file(bot, args, "photo"),
            "senddocument": lambda bot, args: self._send_file(bot, args, "document"),
            "sendvideo": lambda bot, args: self._send_file(bot, args, "video"),
            "sendvoice": lambda bot, args: self._send_file(bot, args, "voice"),
            "sendaudio": lambda bot, args: self._send_file(bot, args, "audio"),
            "sendlocation": self._send_location,
            "sendcontact": self._send_contact,
            "sendchataction": self._send_action,
            "editmessagetext": self._edit_text,
            "editmessagereplymarkup": self._edit_markup,
            "deletemessage": self._delete_message,
            "answercallbackquery": self._answer_press,
            "getfile": self._get_file,
            "getchat": lambda bot, args: self.books.reached(bot, args["chat_id"]).person.chat,
            "setmycommands": self._set_commands,
            "deletemycommands": lambda bot, _: self._set_commands(bot, {"commands": []}),
            "getmycommands": lambda bot, _: bot.commands,
        }

    async def call(self, bot: Bot, method: str, args: Args) -> object:
        """Do what a method says and return its result. Methods that change nothing we show answer True."""
        method = method.lower()
        if method == "getupdates":
            return await self._updates(bot, args)
        done = self._calls.get(method)
        return True if done is None else done(bot, args)

    # Updates

    async def _updates(self, bot: Bot, args: Args) -> list[Row]:
        if bot.webhook is not None:
            raise No(_WEBHOOK_ACTIVE, HTTPStatus.CONFLICT)
        bot.end_poll(_OTHER_POLL)
        if "allowed_updates" in args:
            bot.allowed = frozenset(args["allowed_updates"])
        limit = min(max(args.get("limit", 100), 1), 100)
        found = bot.waiting(args.get("offset", 0), limit, self.books.clock.now())
        wait_s = min(max(args.get("timeout", 0), 0), POLL_S_MAX)
        if found or not wait_s:
            return found
        poll = bot.poll = asyncio.get_running_loop().create_future()
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(poll, wait_s)
        finally:
            if bot.poll is poll:
                bot.poll = None
        return bot.waiting(0, limit, self.books.clock.now())

    def _set_webhook(self, bot: Bot, args: Args) -> bool:
        url, secret = args.get("url", ""), args.get("secret_token", "")
        if not url:
            return self._delete_webhook(bot, args)
        parts = urlsplit(url)
        if parts.hostname not in _LOOPBACK:  # where Telegram never is
            if parts.scheme != "https":
                raise bad("bad webhook: An HTTPS URL must be provided for webhook")
            if parts.port not in _PORTS:
                raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        if len(secret) > _SECRET_MAX:
            raise bad("secret token is too long")
        if secret and not all(letter.isascii() and (letter.isalnum() or letter in "_-") for letter in secret):
            raise bad("secret token contains unallowed characters")
        bot.end_poll("Conflict: terminated by setWebhook request")
        if "allowed_updates" in args:
            bot.allowed = frozenset(args["allowed_updates"])
        if args.get("drop_pending_updates"):
            bot.pending.clear()
        bot.webhook = Webhook(url, secret)
        self.books.hand_over(bot)
        return True

    def _delete_webhook(self, bot: Bot, args: Args) -> bool:
        if args.get("drop_pending_updates"):
            bot.pending.clear()
        bot.webhook = None
        return True

    def _webhook_info(self, bot: Bot, _: Args) -> Row:
        info: Row = {"url": "", "has_custom_certificate": False, "pending_update_count": len(bot.pending)}
        if bot.webhook is not None:
            info |= {"url": bot.webhook.url, "max_connections": 40}
            if bot.webhook.last_error_at is not None:
                info["last_error_date"] = int(bot.webhook.last_error_at.timestamp())
                info["last_error_message"] = bot.webhook.last_error
        if bot.allowed:
            info["allowed_updates"] = sorted(bot.allowed)
        return info

    # Messages

    def _send_message(self, bot: Bot, args: Args) -> Row:
        if not args["text"].strip():
            raise bad("message text is empty")
        if len(args["text"]) > TEXT_MAX:
            raise bad("message is too long")
        return self._sent(bot, args, text=args["text"].strip())

    def _send_file(self, bot: Bot, args: Args, kind: str) -> Row:
        told = args[kind]
        talk = self.books.reached(bot, args["chat_id"])
        if isinstance(told, Uploaded):
            most = PHOTO_MAX if kind == "photo" else UPLOAD_MAX
            if len(told.content) > UPLOAD_MAX:
                raise No("Request Entity Too Large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            if len(told.content) > most:
                raise bad("file is too big")
            if not told.content:
                raise bad("file must be non-empty")
            if kind == "photo" and not told.content.startswith(_PICTURES):
                raise bad("PHOTO_INVALID_DIMENSIONS")
            file = self.books.keep(bot, told.content, name=told.name, type=told.type)
        elif told in bot.files:
            file = bot.files[told]
        else:
            raise bad("wrong file identifier/HTTP URL specified")
        row: Row = {"file_id": file.id, "file_unique_id": file.id[-10:], "file_size": file.bytes}
        if kind in {"photo", "video"}:
            row |= {"width": 1280, "height": 720}
        if kind in {"video", "voice", "audio"}:
            row["duration"] = args.get("duration", 1)
        if kind != "photo":
            row |= {"mime_type": file.type or "application/octet-stream"}
        if kind in {"document", "video", "audio"}:
            row["file_name"] = file.name
        content: Row = {kind: [row] if kind == "photo" else row}
        if args.get("caption"):
            content["caption"] = args["caption"]
        return self._sent(bot, args, talk, **content)

    def _send_location(self, bot: Bot, args: Args) -> Row:
        place = {"latitude": args["latitude"], "longitude": args["longitude"]}
        return self._sent(bot, args, location=place)

    def _send_contact(self, bot: Bot, args: Args) -> Row:
        names = {name: args[name] for name in ("phone_number", "first_name", "last_name") if name in args}
        return self._sent(bot, args, contact=names)

    def _send_action(self, bot: Bot, args: Args) -> bool:
        self.books.reached(bot, args["chat_id"])
        return True

    def _sent(self, bot: Bot, args: Args, talk: Talk | None = None, **content: object) -> Row:
        talk = talk or self.books.reached(bot, args["chat_id"])
        self.books.pay(bot, talk)
        markup = args.get("reply_markup") or {}
        if "inline_keyboard" in markup:
            content["reply_markup"] = markup
        row = self.books.post(bot, talk, bot.user, **content)
        if "keyboard" in markup or "remove_keyboard" in markup:
            talk.keyboards[row["message_id"]] = markup
        return row

    def _edit_text(self, bot: Bot, args: Args) -> Row:
        if len(args["text"]) > TEXT_MAX:
            raise bad("message is too long")
        return self._edited(bot, args, text=args["text"].strip())

    def _edit_markup(self, bot: Bot, args: Args) -> Row:
        return self._edited(bot, args)

    def _edited(self, bot: Bot, args: Args, **content: object) -> Row:
        talk, row = self._own(bot, args, "edit")
        markup = args.get("reply_markup", {})
        if markup and "inline_keyboard" not in markup:
            raise bad("inline keyboard expected")
        changed = {**row, **content}
        changed.pop("reply_markup", None)
        if markup.get("inline_keyboard"):
            changed["reply_markup"] = markup
        if changed == row:
            raise bad(_MESSAGE_NOT_MODIFIED)
        self.books.pay(bot, talk)
        changed["edit_date"] = int(self.books.clock.now().timestamp())
        talk.messages[row["message_id"]] = changed
        return changed

    def _delete_message(self, bot: Bot, args: Args) -> bool:
        talk, row = self._own(bot, args, "delete")
        del talk.messages[row["message_id"]]
        return True

    def _own(self, bot: Bot, args: Args, verb: str) -> tuple[Talk, Row]:
        talk = self.books.reached(bot, args["chat_id"])
        row = talk.messages.get(args["message_id"])
        if row is None:
            raise bad(f"message to {verb} not found")
        if row["from"]["id"] != bot.id and verb == "edit":
            raise bad("message can't be edited")
        return talk, row

    # The rest

    def _get_me(self, bot: Bot, _: Args) -> Row:
        more = {"can_join_groups": False, "can_read_all_group_messages": False}
        return bot.user | more | {"supports_inline_queries": False}

    def _answer_press(self, bot: Bot, args: Args) -> bool:
        id = args["callback_query_id"]
        if id not in bot.presses or bot.presses[id] + PRESS <= self.books.clock.now():
            raise bad("query is too old and response timeout expired or query ID is invalid")
        bot.answered[id] = args.get("text", "")
        return True

    def _get_file(self, bot: Bot, args: Args) -> Row:
        file = bot.files.get(args["file_id"])
        if file is None:
            raise bad("wrong file_id or the file is temporarily unavailable")
        if file.bytes > DOWNLOAD_MAX:
            raise bad("file is too big")
        number = list(bot.files).index(file.id)
        folder = _FOLDERS.get(file.type.partition("/")[0], "documents")
        file.path = f"{folder}/file_{number}"
        file.link_until = self.books.clock.now() + FILE_LINK
        row = {"file_id": file.id, "file_unique_id": file.id[-10:], "file_size": file.bytes}
        return row | {"file_path": file.path}

    def _set_commands(self, bot: Bot, args: Args) -> bool:
        bot.commands = args["commands"]
        return True
