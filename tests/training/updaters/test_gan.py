"""The adversarial updater: who steps when, whose gradients are whose, and the same bits after a resume."""

import numpy as np
import pytest

from parakeet.checkpoint import SnapshotStore
from parakeet.data import DataCargo
from parakeet.errors import RunError
from parakeet.training.reporter import report, scope
from parakeet.training.trainer import Trainer
from parakeet.training.updaters import GANUpdater

paddle = pytest.importorskip("paddle")
nn = paddle.nn

X = np.random.default_rng(0).normal(size=(11, 3)).astype("f4")


def generate(generator, batch):
    return {"wav": generator(batch["x"]), "parts": [generator(batch["x"])]}


def discriminator_loss(name, discriminator, fake, batch):
    assert fake["wav"].stop_gradient
    assert fake["parts"][0].stop_gradient
    real = ((discriminator(batch["x"]) - 1) ** 2).mean()
    loss = real + (discriminator(fake["wav"]) ** 2).mean()
    report({f"{name}_real": real})
    return loss


def generator_loss(discriminators, fake, batch):
    loss = ((fake["wav"] - batch["x"]) ** 2).mean()
    for discriminator in discriminators.values():
        loss = loss + ((discriminator(fake["wav"]) - 1) ** 2).mean()
    report({"judges": len(discriminators)})
    return loss


def build(batch_size=2, dropout=0.0, rate=0.05, sgd=False, **options):
    paddle.seed(11)
    models = {
        "generator": nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Dropout(dropout), nn.Linear(4, 3)),
        "near": nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)),
        "far": nn.Linear(3, 1),
    }
    cargo = DataCargo(list(X), lambda rows: {"x": np.stack(rows)}, batch_size, shuffle=True, seed=4)
    kind = paddle.optimizer.SGD if sgd else paddle.optimizer.Adam
    optimizers = {
        name: kind(
            paddle.optimizer.lr.LambdaDecay(rate * (n + 1), lambda step: 1 / (1 + step)), parameters=model.parameters()
        )
        for n, (name, model) in enumerate(models.items())
    }
    return GANUpdater(cargo, models, optimizers, generate, discriminator_loss, generator_loss, **options)


def weights(updater):
    return {f"{n}/{k}": v.numpy() for n, m in updater.models.items() for k, v in m.state_dict().items()}


def gradients(updater):
    return {
        f"{n}/{k}": None if p.grad is None else p.grad.numpy()
        for n, m in updater.models.items()
        for k, p in m.named_parameters()
    }


# ---- who steps when


def test_each_model_starts_where_it_is_told_and_the_schedule_of_each_moves_with_its_steps():
    updater = build(starts={"far": 4, "generator": 1})
    seen = []
    for _ in range(6):
        with scope({}) as observation:
            updater.update()
        rates = [round(optimizer.get_lr(), 6) for optimizer in updater.optimizers.values()]
        seen.append((updater.iteration, dict(updater.steps), rates, observation.get("judges")))
    assert seen == [
        (1, {"generator": 0, "near": 1, "far": 0}, [0.05, 0.05, 0.15], None),
        (2, {"generator": 1, "near": 2, "far": 0}, [0.025, round(0.1 / 3, 6), 0.15], 1),
        (3, {"generator": 2, "near": 3, "far": 0}, [round(0.05 / 3, 6), 0.025, 0.15], 1),
        (4, {"generator": 3, "near": 4, "far": 0}, [0.0125, 0.02, 0.15], 1),
        (5, {"generator": 4, "near": 5, "far": 1}, [0.01, round(0.1 / 6, 6), 0.075], 2),
        (6, {"generator": 5, "near": 6, "far": 2}, [round(0.05 / 6, 6), round(0.1 / 7, 6), 0.05], 2),
    ]
    updater.finalize()


def test_in_turn_one_discriminator_judges_and_learns_at_a_time():
    updater = build(starts={"far": 2}, in_turn=True)
    seen = []
    for _ in range(6):
        with scope({}) as observation:
            updater.update()
        seen.append((dict(updater.steps), sorted(key for key in observation if key.endswith("_loss")), observation["judges"]))
    assert [judges for *_, judges in seen] == [1] * 6
    near, far = ["generator_loss", "near_loss"], ["far_loss", "generator_loss"]
    assert [losses for _, losses, _ in seen] == [near, near, near, far, near, far]
    assert seen[-1][0] == {"generator": 6, "near": 4, "far": 2}
    updater.finalize()


def test_triggers_count_the_steps_of_the_generator(tmp_path):
    updater = build(starts={"generator": 3})
    trainer = Trainer(updater, (5, "generator_step"), tmp_path)
    fired = []
    trainer.extend(lambda t: fired.append(t.updater.iteration), name="fires", trigger=(2, "generator_step"))
    trainer.run()
    assert fired == [5, 7]
    assert updater.iteration == 8


def test_every_loss_is_reported():
    updater = build(starts={"far": 1})
    observations = []
    for _ in range(2):
        with scope({}) as observation:
            updater.update()
        observations.append(observation)
    assert set(observations[0]) == {"near_loss", "near_real", "generator_loss", "judges"}
    assert set(observations[1]) == {"near_loss", "near_real", "far_loss", "far_real", "generator_loss", "judges"}
    updater.finalize()


def test_a_model_that_has_not_started_is_left_as_it_is():
    updater = build(starts={"far": 3, "near": 3})
    before = weights(updater)
    for _ in range(3):
        updater.update()
    after, left = weights(updater), gradients(updater)
    for name in before:
        if name.startswith("generator"):
            assert not np.array_equal(after[name], before[name])
        else:
            assert np.array_equal(after[name], before[name])
            assert left[name] is None
    updater.finalize()


# ---- whose gradients are whose


def alone(updater, name, before, batch):
    """The gradient of one model's own loss, computed apart from everything else, with all models as they stood at its step."""
    for key, value in before.items():
        model, _, parameter = key.partition("/")
        dict(updater.models[model].named_parameters())[parameter].set_value(value)
    for model in updater.models.values():
        model.clear_gradients()
    if name == "generator":
        generator_loss(updater.discriminators, generate(updater.models["generator"], batch), batch).backward()
    else:
        with paddle.no_grad():
            fake = generate(updater.models["generator"], batch)
        discriminator_loss(name, updater.models[name], fake, batch).backward()
    return {k: v for k, v in gradients(updater).items() if k.startswith(f"{name}/")}


def test_no_gradient_leaks_from_one_loss_into_another_model():
    updater, twin = build(), build()
    for _ in range(3):
        updater.update()
    before, batch = weights(updater), {}
    core = updater.update_core
    updater.update_core = lambda given: (batch.update(given), core(given))
    updater.update()
    found, after = gradients(updater), weights(updater)
    discriminators_moved = {k: v if k.startswith("generator") else after[k] for k, v in before.items()}
    for name, stood in (("near", before), ("far", before), ("generator", discriminators_moved)):
        own = alone(twin, name, stood, batch)
        assert len(own) >= 2
        for key, gradient in own.items():
            np.testing.assert_allclose(found[key], gradient, rtol=1e-5, atol=1e-7, err_msg=key)
    for each in (updater, twin):
        each.finalize()


def test_only_the_model_that_learns_computes_gradients_and_frozen_parameters_stay_frozen():
    updater = build()
    updater.models["near"][0].weight.stop_gradient = True
    before = weights(updater)
    seen = []

    def looking(name, function):
        def loss(*arguments):
            seen.append((name, {n for n, m in updater.models.items() for p in m.parameters() if not p.stop_gradient}))
            return function(*arguments)

        return loss

    updater.generator_loss = looking("generator", generator_loss)
    updater.discriminator_loss = looking("discriminator", discriminator_loss)
    updater.update()
    assert seen == [("discriminator", {"near"}), ("discriminator", {"far"}), ("generator", {"generator"})]
    frozen = [n for n, m in updater.models.items() for p in m.parameters() if p.stop_gradient]
    assert frozen == ["near"]
    assert np.array_equal(updater.models["near"][0].weight.numpy(), before["near/0.weight"])
    updater.finalize()


def test_parameters_are_thawed_after_an_error_too():
    updater = build()

    def fail(*_):
        raise ValueError("no")

    updater.generator_loss = fail
    with pytest.raises(ValueError, match="no"):
        updater.update()
    assert not any(p.stop_gradient for m in updater.models.values() for p in m.parameters())
    updater.finalize()


# ---- accumulation and resume


def test_accumulated_batches_are_as_one_for_every_model():
    parts, whole = build(2, sgd=True, accumulate=3), build(6, sgd=True)
    for updater in (parts, whole):
        for _ in range(4):
            with scope({}) as observation:
                updater.update()
        updater.seen = observation
        updater.finalize()
    assert parts.steps == whole.steps == {"generator": 4, "near": 4, "far": 4}
    for name, weight in weights(whole).items():
        np.testing.assert_allclose(weights(parts)[name], weight, rtol=1e-4, atol=1e-6)
    assert set(parts.seen) == set(whole.seen)
    for name, value in whole.seen.items():
        assert float(parts.seen[name]) == pytest.approx(float(value), rel=1e-4)


@pytest.mark.parametrize(("accumulate", "in_turn"), [(1, False), (1, True), (3, False)])
@pytest.mark.parametrize("cut", [1, 3, 5, 8])
def test_a_resumed_run_goes_on_to_the_bit_through_a_snapshot(tmp_path, cut, accumulate, in_turn):
    def run(state, stop):
        updater = build(dropout=0.4, accumulate=accumulate, in_turn=in_turn, starts={"near": 2, "far": 5})
        trainer = Trainer(updater, (stop, "iteration"), tmp_path / "run")
        if state is not None:
            nn.Linear(5, 5)  # names and random state may differ in another process
            trainer.set_state_dict(state)
        trainer.run()
        return trainer.state_dict()

    store = SnapshotStore(tmp_path / "snapshots")
    whole = run(None, 12)
    store.save(cut, run(None, cut), {})
    rest = run(store.newest().load(), 12)
    for part in ("models", "optimizers", "updater", "random"):
        same(rest[part], whole[part], part)


def same(a, b, path):
    if isinstance(a, dict):
        assert set(a) == set(b), path
        for key in a:
            same(a[key], b[key], f"{path}.{key}")
    elif hasattr(a, "dtype"):
        assert np.array_equal(a, b), path
    else:
        assert a == b, path


# ---- mistakes


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: a["models"].pop("generator"), "needs a model named 'generator' and at least one discriminator"),
        (lambda a: [a["models"].pop(n) for n in ("near", "far")], "at least one discriminator under another name; it got generator"),
        (lambda a: a["optimizers"].pop("far"), "an optimizer for each model: the models are generator, near, far, the optimizers gen"),
        (lambda a: a.update(starts={"nera": 5}), r"starts: there is no model 'nera'\. Did you mean 'near'\?"),
        (lambda a: a.update(starts={"near": -1}), "starts: 'near' starts in an iteration, a whole number from 0; it is -1"),
        (lambda a: a.update(starts={"near": 1, "far": 2, "generator": 1}), "at least one model must start at iteration 0"),
    ],
)
def test_a_procedure_that_makes_no_sense_is_refused_at_the_door(change, message):
    built = build()
    arguments = {
        "data": built.data, "models": dict(built.models), "optimizers": dict(built.optimizers), "generate": generate,
        "discriminator_loss": discriminator_loss, "generator_loss": generator_loss,
    }  # fmt: skip
    change(arguments)
    with pytest.raises(RunError, match=message):
        GANUpdater(**arguments)
