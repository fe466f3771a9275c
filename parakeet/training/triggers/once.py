"""Once and never again."""

from parakeet.training.trigger import StatefulTrigger, get_trigger, restore, state_of


class Once(StatefulTrigger):
    """Fires the first time another trigger fires, over all restarts of a run.

    Args:
        trigger: the other trigger; the first iteration when None.
    """

    def __init__(self, trigger=None):
        self.trigger = get_trigger((1, "iteration") if trigger is None else trigger)
        self._fired = False

    def advance(self, trainer):
        fires = bool(self.trigger(trainer)) and not self._fired
        self._fired = self._fired or fires
        return fires

    def state_dict(self):
        return {"fired": self._fired, "trigger": state_of(self.trigger)}

    def set_state_dict(self, state):
        self._fired = bool(state["fired"])
        restore(self.trigger, state["trigger"])
