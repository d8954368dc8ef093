# What the owner hears in his messenger: a digest in the morning, alarms at once, and how to answer them.

owner-linked = Done, your console is here now. In the morning I send a digest, and what matters at once.
    .digest = Digest now
    .unlink = Unlink this chat
owner-unlinked = Unlinked. No digests and no alarms come here any more.
owner-hint = This is your console. In the morning I send a digest, and what matters at once.
    .digest = Digest now
    .unlink = Unlink this chat
owner-digest = Digest. Paid { $day }: jobs { $done }, for { ACC($amount) }. Ours: { $platform }. Ratings { $count }, poor ones { $poor }.
owner-digest-none = Digest. There were no payments { $day }.
owner-waits = Waiting for you: people { $tickets }, jobs without a master { $waiting }, failures { $dead }.
owner-calm = Nothing waits for you.
owner-ticket = { $kind ->
        [human] Somebody asks for a person.
        [complaint] Somebody complains.
        [call] Somebody waits for your call.
        [money] Money is not what it should be.
       *[stuck] I do not understand the client.
    } The words:
    { $words }
    .spoken = { $kind ->
        [human] Somebody asks for a person.
        [complaint] Somebody complains.
        [call] Somebody waits for your call.
        [money] Money is not what it should be.
       *[stuck] I do not understand the client.
    } The words: { $words }
    .hold = Step in
    .close = Close
owner-late = A master is late: { $master }. Job { $number } begins { $when }. { $phone ->
        [none] We do not have his phone.
       *[other] His phone: { $phone }.
    }
owner-dead = A failure: one letter was not handled. Once the cause is mended, replay it: nothing happens twice.
    .replay = Replay
owner-holds = The talk is yours. Whatever you say here goes there until you hand it back.
    .release = Hand back
owner-lapsed = You were silent for long, so I went on with that talk myself. Nobody there has seen these words.
    .hold = Step in again
owner-heard = { $name } answers:
    { $words }
    .spoken = { $name } answers: { $words }
    .release = Hand back
owner-released = The program has the talk again.
owner-closed = Closed.
owner-replayed = Replaying.
owner-old = That is no longer good.
owner-person = A person
