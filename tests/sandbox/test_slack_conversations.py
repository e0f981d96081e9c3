"""conversations.*, users.*, reactions.*, files.*: reading the workspace and its history."""

from tests.sandbox.slack_stage import (
    ALERTS,
    BOT,
    CASEY,
    CLEO,
    GENERAL,
    RETAIL,
    SAM,
    SUPPORT,
    Stage,
    error_of,
)


async def test_history_is_newest_first_and_paged(stage: Stage) -> None:
    """A cursor leads on to older ones, `latest` is exclusive."""
    messages = [await stage.say(CASEY, RETAIL, str(number)) for number in range(5)]

    first = await stage.web.conversations_history(channel=RETAIL, latest=messages[4]["ts"], limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    second = await stage.web.conversations_history(
        channel=RETAIL, latest=messages[4]["ts"], limit=3, cursor=cursor
    )

    assert [message["text"] for message in first["messages"]] == ["3", "2", "1"]
    assert [message["text"] for message in second["messages"]] == ["0"]


async def test_history_since_a_moment_leads_forward(stage: Stage) -> None:
    """With `oldest` alone, exclusive, the first page is the one closest to it; replies are not in it."""
    messages = [await stage.say(CASEY, RETAIL, str(number)) for number in range(5)]
    await stage.say(SAM, RETAIL, "a reply", thread_ts=messages[0]["ts"])

    first = await stage.web.conversations_history(channel=RETAIL, oldest=messages[0]["ts"], limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    second = await stage.web.conversations_history(
        channel=RETAIL, oldest=messages[0]["ts"], limit=3, cursor=cursor
    )

    assert first["has_more"] is True
    assert [message["text"] for message in first["messages"]] == ["3", "2", "1"]
    assert [message["text"] for message in second["messages"]] == ["4"]
    assert second["has_more"] is False


async def test_history_wants_membership(stage: Stage) -> None:
    """not_in_channel where the bot is not."""
    assert await error_of(stage.web.conversations_history(channel=GENERAL)) == "not_in_channel"


async def test_replies_begin_with_the_parent(stage: Stage) -> None:
    """And a reply's own ts gives that reply alone."""
    parent = await stage.say(CASEY, RETAIL, "Help")
    reply = await stage.say(SAM, RETAIL, "Yes?", thread_ts=parent["ts"])
    await stage.say(CASEY, RETAIL, "Printer", thread_ts=parent["ts"])

    thread = await stage.web.conversations_replies(channel=RETAIL, ts=parent["ts"])
    alone = await stage.web.conversations_replies(channel=RETAIL, ts=reply["ts"])

    assert [message["text"] for message in thread["messages"]] == ["Help", "Yes?", "Printer"]
    assert [message["text"] for message in alone["messages"]] == ["Yes?"]
    assert await error_of(stage.web.conversations_replies(channel=RETAIL, ts="1.0")) == "thread_not_found"


async def test_metadata_is_told_in_full_only_when_asked(stage: Stage) -> None:
    """Without include_all_metadata only the event type comes back."""
    metadata = {"event_type": "outbox", "event_payload": {"key": "k1"}}
    await stage.web.chat_postMessage(channel=SUPPORT, text="x", metadata=metadata)

    short = await stage.web.conversations_history(channel=SUPPORT)
    full = await stage.web.conversations_history(channel=SUPPORT, include_all_metadata=True)

    assert short["messages"][0]["metadata"] == {"event_type": "outbox"}
    assert full["messages"][0]["metadata"] == metadata


async def test_people_of_other_workspaces(stage: Stage) -> None:
    """Members of shared channels, known to users.info with less, absent from users.list."""
    members = await stage.web.conversations_members(channel=RETAIL)
    casey = await stage.web.users_info(user=CASEY, include_locale=True)
    sam = await stage.web.users_info(user=SAM, include_locale=True)
    everybody = await stage.web.users_list()

    assert CASEY in members["members"]
    assert CLEO not in members["members"]
    assert casey["user"]["team_id"] == "T0RETAIL01"
    assert "locale" not in casey["user"]
    assert "email" not in casey["user"]["profile"]
    assert sam["user"]["locale"]
    assert sam["user"]["tz"] == "Asia/Karachi"
    assert CASEY not in [user["id"] for user in everybody["members"]]


async def test_channels_tell_with_whom_they_are_shared(stage: Stage) -> None:
    """is_ext_shared is the flag to trust."""
    shared = (await stage.web.conversations_info(channel=RETAIL))["channel"]
    own = (await stage.web.conversations_info(channel=SUPPORT))["channel"]

    assert (shared["is_ext_shared"], shared["is_private"], shared["is_member"]) == (True, False, True)
    assert shared["connected_team_ids"] == ["T0RETAIL01"]
    assert own["is_ext_shared"] is False


async def test_lists_of_channels(stage: Stage) -> None:
    """All public ones, or those of the bot."""
    public = await stage.web.conversations_list(limit=2)
    mine = await stage.web.users_conversations()

    assert len(public["channels"]) == 2
    assert public["response_metadata"]["next_cursor"]
    assert GENERAL not in [channel["id"] for channel in mine["channels"]]


async def test_joining_a_channel_is_told(stage: Stage) -> None:
    """The bot hears of its own arrival, and a second join only warns."""
    await stage.web.conversations_join(channel=GENERAL)
    again = await stage.web.conversations_join(channel=GENERAL)

    assert again["warning"] == "already_in_channel"
    members = await stage.web.conversations_members(channel=GENERAL)
    assert BOT in members["members"]
    last = (await stage.get(f"messages/{GENERAL}"))["messages"][-1]
    assert last["subtype"] == "channel_join"


async def test_direct_messages_are_opened_once(stage: Stage) -> None:
    """With a person, also of another workspace; not with a bot."""
    first = await stage.web.conversations_open(users=[CASEY])
    second = await stage.web.conversations_open(users=CASEY)

    assert second["channel"]["id"] == first["channel"]["id"]
    assert second["already_open"] is True
    assert await error_of(stage.web.conversations_open(users=ALERTS)) == "cannot_dm_bot"
    assert await error_of(stage.web.conversations_open(users="")) == "users_list_not_supplied"


async def test_reactions(stage: Stage) -> None:
    """Once per person; counted on the message."""
    message = await stage.say(CASEY, RETAIL, "Help")
    place = {"channel": RETAIL, "timestamp": message["ts"]}
    await stage.web.reactions_add(**place, name="eyes")
    await stage.post("reaction", user=SAM, channel=RETAIL, ts=message["ts"], name="eyes")

    got = await stage.web.reactions_get(**place)

    assert got["message"]["reactions"] == [{"name": "eyes", "users": [BOT, SAM], "count": 2}]
    assert await error_of(stage.web.reactions_add(**place, name="eyes")) == "already_reacted"
    await stage.web.reactions_remove(**place, name="eyes")
    assert await error_of(stage.web.reactions_remove(**place, name="eyes")) == "no_reaction"


async def test_pins_teams_bots_and_groups(stage: Stage) -> None:
    """The small ones."""
    message = await stage.say(CASEY, RETAIL, "Help")
    await stage.web.pins_add(channel=RETAIL, timestamp=message["ts"])

    pinned = await stage.web.conversations_history(channel=RETAIL)
    assert pinned["messages"][0]["pinned_to"] == [RETAIL]
    assert (await stage.web.team_info(team="T0CLINIC01"))["team"]["name"] == "Sample Clinics"
    assert (await stage.web.bots_info(bot="B0ALERTBOT"))["bot"]["user_id"] == ALERTS
    assert (await stage.web.usergroups_list())["usergroups"][0]["handle"] == "oncall"
    assert (await stage.web.api_test())["ok"] is True


async def test_a_file_goes_up_and_comes_down(stage: Stage) -> None:
    """The SDK's own upload, the message it makes, and the download that wants the token."""
    await stage.web.files_upload_v2(
        channel=SUPPORT, content="all the words", filename="words.txt", initial_comment="Here"
    )

    message = (await stage.get(f"messages/{SUPPORT}"))["messages"][-1]
    (file,) = message["files"]
    assert (message["subtype"], message["text"], file["name"]) == ("file_share", "Here", "words.txt")
    info = await stage.web.files_info(file=file["id"])
    headers = {"Authorization": "Bearer xoxb-sandbox-bot"}
    async with stage.http.get(info["file"]["url_private_download"], headers=headers) as response:
        assert await response.text() == "all the words"
    async with stage.http.get(info["file"]["url_private_download"]) as response:
        assert response.content_type == "text/html"


async def test_a_clients_file_has_to_be_looked_up(stage: Stage) -> None:
    """The event of a shared channel only says check_file_info; the history has it all."""
    await stage.say(CASEY, RETAIL, "Look", files=[{"name": "shot.png", "content": "png"}])

    history = await stage.web.conversations_history(channel=RETAIL)

    (file,) = history["messages"][0]["files"]
    assert (file["name"], file["mimetype"], file["size"]) == ("shot.png", "image/png", 3)
    assert history["messages"][0]["subtype"] == "file_share"
