"""What people do at the pages, step by step."""

from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from playwright.async_api import Page

TROUBLE = "Не работает выключатель в коридоре"
PLACE = "Театральная 30, квартира 14, завтра"
MYSELF = "Ольга, +7 911 456-78-90"
PATIENCE_MS = 20_000
LONG_ENOUGH = 25  # looks, a fifth of a second each


async def say(page: "Page", text: str) -> None:
    """Write a message and wait until it was heard and answered."""
    answers = page.locator(".said:not(.own)")
    before = await answers.count()
    await page.fill("#words", text)
    await page.click(".send")
    await answers.nth(before).wait_for(timeout=PATIENCE_MS)


async def ask_for_times(page: "Page") -> None:
    """Tell the trouble until times with prices are on the screen."""
    await page.locator(".said").first.wait_for(timeout=PATIENCE_MS)
    for text in (TROUBLE, PLACE, MYSELF):
        await say(page, text)
        if await page.locator(".slot:enabled").count():
            return
    await page.locator(".slot:enabled").first.wait_for(timeout=PATIENCE_MS)


async def take_a_time(page: "Page") -> str:
    """Take the first time, say who we are if that is asked, and return the id of the job."""
    answers = page.locator(".said:not(.own)")
    before = await answers.count()
    await page.locator(".slot:enabled").first.click()
    await answers.nth(before).wait_for(timeout=PATIENCE_MS)
    understood = await page.evaluate("JSON.parse(localStorage['talks.client'])[0].understood ?? {}")
    if understood.get("missing"):
        await say(page, MYSELF)
    job_id: str = await page.evaluate("JSON.parse(localStorage['talks.client'])[0].job_id")
    return job_id


async def _give(owner: httpx.AsyncClient, job_id: str) -> None:
    """Give a job to the first of the masters who can take it, whether they sleep now or not."""
    decided = (await owner.get("/api/v1/decisions", params={"job": job_id, "limit": 50})).json()["items"]
    seen = [each for decision in decided for each in decision["inputs"].get("candidates", ())]
    for master_id in dict.fromkeys(each["master_id"] for each in seen):
        body = {"master_id": master_id}
        if (await owner.post(f"/api/v1/jobs/{job_id}/accept", json=body)).is_success:
            return


async def terminal_of(owner: httpx.AsyncClient, job_id: str, page: "Page") -> str:
    """Wait until somebody is asked to do a job, and return the token of a new terminal of his."""
    job: dict[str, Any] = {}
    for number in range(PATIENCE_MS // 200):
        job = (await owner.get(f"/api/v1/jobs/{job_id}")).json()
        master_id = job["master_id"] or (job["offer"] or {}).get("master_id")
        if master_id:
            terminal = await owner.post(
                f"/api/v1/masters/{master_id}/terminal/provision", json={"type": "smartphone"}
            )
            token: str = terminal.json()["token"]
            return token
        if number == LONG_ENOUGH:  # masters who sleep are asked in the morning: do not wait for it
            await _give(owner, job_id)
        await page.wait_for_timeout(200)
    raise AssertionError(f"nobody was asked to do the job: {job}")


async def done_job(owner: httpx.AsyncClient) -> tuple[str, str]:
    """Bring a job to its end by HTTP; return its id and the token of a terminal of its master."""
    async with httpx.AsyncClient(base_url=owner.base_url, timeout=30) as client:
        words = f"{TROUBLE}. Театральная 30, квартира 14, завтра после обеда"
        participant = {"name": "Ольга Иванова", "phone": "+79114567890"}
        start = {"channel": "web", "text": words, "participant": participant}
        talk = (await client.post("/api/v1/ai/conversation/start", json=start)).json()
        client.headers["Authorization"] = f"Bearer {talk['token']}"
        say_to = f"/api/v1/ai/conversation/{talk['conversation_id']}/message"
        taken = (await client.post(say_to, json={"choice": talk["slots"][0]["choice"]})).json()
    path = f"/api/v1/jobs/{taken['job_id']}"
    for step in ("accept", "travel", "arrive", "start", "finish"):
        (await owner.post(f"{path}/{step}", json={})).raise_for_status()
    master_id = (await owner.get(path)).json()["master_id"]
    given = await owner.post(f"/api/v1/masters/{master_id}/terminal/provision", json={"type": "smartphone"})
    return taken["job_id"], given.json()["token"]
