"""A campaign's text while it is written: checked at every keystroke in the background, kept as it is typed.

What the user sees of the rules is always about a text that was there; `fresh` says whether it is the one that is there
now. Only fixes of a fresh check are applied.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Self

from PySide6.QtCore import QObject, QTimer, Signal

from campaign_app.compliance.fixes import Fix
from campaign_app.domain.campaign import EDITABLE, Campaign, CampaignState
from campaign_app.services.composing import LONGEST, Composed, Problem, Setting, Who, Whole
from campaign_app.services.readers import Reader
from campaign_app.ui.viewmodels.campaign import CampaignModel, CampaignView
from campaign_app.ui.viewmodels.measuring import Measuring

if TYPE_CHECKING:
    from campaign_app.services.composing import Composing
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Task, Tasks

SAVE_MS: Final = 600
LATEST_MS: Final = 2_000  # whoever types on without a pause is saved all the same
PAINT_MS: Final = 10  # what was typed is painted before its check begins: both want the interpreter
LONG_TEXT: Final = 1_000  # from here on a check waits for a pause in the typing
LONG_MS: Final = 120
FIX_MS: Final = 150
OWN: Final = 16  # texts shown or written here last: another one that is written over was somebody else's
VOIDED: Final = EDITABLE - {CampaignState.DRAFT}
Key = tuple[str, str, int]


class Saved(StrEnum):
    YES = "yes"
    PENDING = "pending"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ComposerState:
    """`fixes` are known one by one after a check; a problem that is not in them may still get some.

    `whole` is what was counted of everybody, None until that is done; `counted` of how many so far.
    """

    text: str
    signature: str
    who: Who = LONGEST
    setting: Setting | None = None
    composed: Composed | None = None
    whole: Whole | None = None
    counted: int = 0
    fixes: Mapping[Key, tuple[Fix, ...]] = field(default_factory=dict)
    found: tuple[Reader, ...] = ()
    saved: Saved = Saved.YES
    editable: bool = True

    @property
    def fresh(self) -> bool:
        """Whether `composed` is of the text and the signature that are there now."""
        known = self.composed
        return known is not None and (known.body, known.signature) == (self.text, self.signature)

    @property
    def reader(self) -> Who:
        """Whose text is wanted: the longest or shortest of all, as soon as everybody was counted."""
        found = None if self.whole is None else self.whole.longest if self.who == LONGEST else self.whole.shortest
        return found if found is not None and isinstance(self.who, str) else self.who

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.composed.problems if self.composed is not None else ()


class Composer(QObject):
    """`changed` carries a ComposerState. `fixed` carries edits for the editor to make, as one step that can be undone.

    `voids` tells the state of a screened, approved or scheduled campaign whose text the user has just changed, `lost`
    a text that could not be kept since the campaign began to be sent meanwhile, `replaced` one of another window that
    was written over, `signed_over` a signature of another window that was. `taken` is the text that was typed here, in
    whose place one of another window stands now.
    """

    changed = Signal(object)
    fixed = Signal(object)  # tuple[Edit, ...]
    voids = Signal(object)  # CampaignState
    lost = Signal(str)
    replaced = Signal(str)
    signed_over = Signal(str)
    taken = Signal(str)

    def __init__(
        self,
        composing: Composing,
        tasks: Tasks,
        messages: Messages,
        language: Callable[[], str],
        model: CampaignModel,
    ) -> None:
        super().__init__(model)
        self._composing, self._tasks, self._messages = composing, tasks, messages
        self._language, self._model = language, model
        self._spoken = language()
        campaign = model.view.campaign
        self._base: tuple[object, ...] = ()
        self._wanted: tuple[Key, int] | None = None
        self._first: Key | None = None
        self._fixing: Task | None = None
        self.state = ComposerState(campaign.body, campaign.signature, editable=model.view.editable)
        self.page: object = None  # what it is written on: with it the way back outlives the window
        self._own = deque((campaign.body,), OWN)
        self._typed = False  # whether what stands there was typed here
        self._check_soon = self._timer(0, self._check)
        self._save_soon = self._timer(SAVE_MS, self.flush)
        self._save_latest = self._timer(LATEST_MS, self.flush)
        self._fix_soon = self._timer(FIX_MS, self._fix)
        self._measuring = Measuring(composing, tasks, self)
        self._measuring.measured.connect(self._measured)
        self._measuring.counted.connect(lambda people: self._become(replace(self.state, counted=people)))
        model.changed.connect(self._model_changed)
        model.gone.connect(self._gone)
        model.again.connect(self.flush)

    @classmethod
    def of(
        cls, composing: Composing, tasks: Tasks, messages: Messages, language: Callable[[], str], model: CampaignModel
    ) -> Self:
        """The one of this campaign: it outlives the window, which is built anew for another language."""
        known = model.findChild(cls)
        if known is None:
            return cls(composing, tasks, messages, language, model)
        known.speak()
        return known

    # --- gestures ----------------------------------------------------------------------------------------------------

    def speak(self) -> None:
        """What the rules say is said anew in another language; until then nothing is said in the former one."""
        spoken = self._language()
        if spoken != self._spoken:
            self._spoken = spoken
            self._become(replace(self.state, composed=None, fixes={}))

    def load(self) -> None:
        """Reads again what the text is written with: signatures, people, price."""
        self.speak()
        campaign = self._model.view.campaign
        self._base = _base_of(campaign)
        self._tasks.run(lambda _: self._composing.setting(campaign), self._set, owner=self, key="setting")

    def set_text(self, text: str) -> None:
        if text == self.state.text or not self.state.editable:
            return
        campaign = self._model.view.campaign
        if self.state.text == campaign.body and campaign.state in VOIDED:
            self.voids.emit(campaign.state)
        self._wanted = None
        self._become(replace(self.state, text=text, saved=Saved.PENDING))
        self._save_soon.start()
        if not self._save_latest.isActive():
            self._save_latest.start()
        self._begin_check()

    def set_signature(self, signature: str) -> None:
        if signature == self.state.signature or not self.state.editable:
            return
        state, known = self._model.view.campaign.state, self.state.signature
        self._become(replace(self.state, signature=signature))
        self._begin_check()
        self._model.edit(over=lambda former: self._signed_over(known, former), signature=signature)
        if state in VOIDED:
            self.voids.emit(state)

    def show_reader(self, who: Who) -> None:
        """A reader, or LONGEST or SHORTEST: of everybody, or of the sample while they are counted."""
        self._become(replace(self.state, who=who))
        self._check_soon.start()

    def find(self, name: str) -> None:
        campaign, wanted = self._model.view.campaign, name.strip()
        if wanted:
            self._tasks.run(lambda _: self._composing.find(campaign, wanted), self._found, owner=self, key="find")

    def set_price(self, price: int) -> None:
        self._tasks.write(lambda _: self._composing.set_price(price), self._priced, owner=self)

    def look_at(self, key: Key | None) -> None:
        """The problem whose fixes are wanted first."""
        self._first = key

    def apply(self, key: Key, number: int = 0) -> None:
        """One fix of a problem; if it is still being tried out, as soon as it is known to be good for this text."""
        fixes = self.state.fixes.get(key)
        if not self.state.editable:
            return
        if not self.state.fresh or fixes is None:
            self._wanted, self._first = (key, number), key
            self._begin_fixes(0)
        elif number < len(fixes):
            self._wanted = None
            self.fixed.emit(fixes[number].body_edits)

    def flush(self) -> None:
        """Keeps what was typed, now."""
        self._save_soon.stop()
        self._save_latest.stop()
        if self.state.saved is not Saved.YES and self.state.editable:
            self._own.append(self.state.text)
            self._typed = True
            self._model.edit(failed=self._not_saved, over=self._written_over, body=self.state.text)

    # --- checking ----------------------------------------------------------------------------------------------------

    def _begin_check(self) -> None:
        self._fix_soon.stop()
        self._measuring.stop()
        self._become(replace(self.state, whole=None, counted=0))
        if self._fixing is not None:
            self._fixing.cancel()
        self._check_soon.start(LONG_MS if len(self.state.text) > LONG_TEXT else PAINT_MS)

    def _check(self) -> None:
        state, language = self.state, self._spoken
        setting = state.setting
        if setting is not None:
            self._tasks.run(
                lambda _: self._composing.check(setting, state.text, state.signature, state.reader, language),
                self._checked,
                owner=self,
                key="check",
            )

    def _checked(self, composed: Composed) -> None:
        if (composed.body, composed.signature) != (self.state.text, self.state.signature):
            return  # the user typed on: a newer check is under way
        self._become(replace(self.state, composed=composed, fixes={}))
        self._begin_fixes(0 if self._wanted else FIX_MS)
        if composed.body.strip():
            self._measuring.ask(self._model.view.campaign, composed.body, composed.signature)

    def _measured(self, whole: Whole) -> None:
        if (whole.body, whole.signature) == (self.state.text, self.state.signature):
            self._become(replace(self.state, whole=whole if whole.parts else None, counted=0))
            wanted, shown = self.state.reader, self.state.composed
            if isinstance(wanted, Reader) and shown is not None and shown.reader.customer_id != wanted.customer_id:
                self._check_soon.start(0)

    def _begin_fixes(self, wait: int) -> None:
        if self.state.fresh and self.state.editable:
            self._fix_soon.start(wait)

    def _fix(self) -> None:
        """One problem after the other, so that a keystroke never waits for many."""
        composed, language = self.state.composed, self._spoken
        left = [problem for problem in self.state.problems if problem.key not in self.state.fixes]
        if composed is None or not self.state.fresh or not left:
            return
        problem = next((each for each in left if each.key == self._first), left[0])
        self._fixing = self._tasks.run(
            lambda _: self._composing.fixes(composed, problem, language),
            lambda fixes: self._fixes_known(composed, problem, fixes),
            owner=self,
            key="fixes",
        )

    def _fixes_known(self, composed: Composed, problem: Problem, fixes: tuple[Fix, ...]) -> None:
        if composed is not self.state.composed or not self.state.fresh:
            return
        self._become(replace(self.state, fixes={**self.state.fixes, problem.key: fixes}))
        if self._wanted is not None and self._wanted[0] == problem.key:
            self.apply(*self._wanted)
        if self.state.fresh:
            self._fix_soon.start(0)

    # --- what comes back ---------------------------------------------------------------------------------------------

    def _set(self, setting: Setting) -> None:
        self._measuring.stop()  # the audience may be another one
        self._become(replace(self.state, setting=setting, whole=None, counted=0))
        self._check_soon.start(0)

    def _found(self, readers: tuple[Reader, ...]) -> None:
        self._become(replace(self.state, found=readers))

    def _priced(self, price: int) -> None:
        if self.state.setting is not None:
            self._become(replace(self.state, setting=replace(self.state.setting, price=price)))

    def _model_changed(self, view: CampaignView) -> None:
        state = replace(self.state, editable=view.editable)
        if view.unsaved == 0:
            state = self._settled(state, view)
        self._become(state)
        if not state.fresh:
            self._begin_check()
        if self._base and self._base != _base_of(view.campaign):
            self.load()

    def _settled(self, state: ComposerState, view: CampaignView) -> ComposerState:
        """Nothing is on its way to the workspace: what is stored there is the truth, but never at the user's cost."""
        stored = view.campaign.body
        state = replace(state, signature=view.campaign.signature)
        dirty = state.saved is not Saved.YES and state.text != stored
        if dirty and view.editable:
            return state
        if dirty:
            self.lost.emit(state.text)
        if stored not in self._own:
            self._own.append(stored)
            if self._typed and not dirty and state.text.strip():
                self.taken.emit(state.text)
            self._typed = False
        return replace(state, text=stored, saved=Saved.YES)

    def _written_over(self, former: Campaign) -> None:
        if former.body.strip() and former.body not in self._own:
            self.replaced.emit(former.body)

    def _signed_over(self, known: str, former: Campaign) -> None:
        if former.signature not in (known, self.state.signature):
            self.signed_over.emit(former.signature)

    def _not_saved(self) -> None:
        self._become(replace(self.state, saved=Saved.FAILED))

    def _gone(self) -> None:
        self._measuring.stop()
        for timer in (self._check_soon, self._save_soon, self._save_latest, self._fix_soon):
            timer.stop()
        self.state = replace(self.state, saved=Saved.YES)

    def _become(self, state: ComposerState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)
            self._model.mark_unkept("text", on=state.saved is Saved.FAILED)

    def _timer(self, milliseconds: int, call: Callable[[], None]) -> QTimer:
        made = QTimer(self)
        made.setSingleShot(True)
        made.setInterval(milliseconds)
        made.timeout.connect(call)
        return made


def _base_of(campaign: Campaign) -> tuple[object, ...]:
    """What the setting was read for."""
    draft = campaign.state in (CampaignState.DRAFT, CampaignState.SCREENING)
    return campaign.audience, campaign.entity_uscc, campaign.purpose, campaign.send_at, draft, campaign.snapshot_size
