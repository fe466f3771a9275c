"""Several processes that train one model: who they are, how they agree, how their gradients become one.

Tensors travel by Paddle's collectives (gloo on processors, nccl on GPUs). Everything else, which is small and may be late, travels as
json over one connection from each process to the first: a wait there may last for hours, where gloo gives up after 30 seconds, and the
death of a process is noticed at once, as the end of its connection. The store that Paddle's processes meet in keeps every key for
ever, so only the address of that connection goes through it. ``docs/design/distributed.md`` has the reasons.
"""

import contextlib
import io
import json
import multiprocessing.connection
import os
import secrets
import socket
import sys
import zlib

from parakeet.errors import RunError
from parakeet.training.reporter import is_scalar, read

_BUCKET = 8 * 2**20
"""How many numbers of the gradients are sent together, 32 MiB."""

_OWN_GPU = "FLAGS_selected_gpus"
_ADDRESS = "parakeet/control"


class LostProcess(RunError):
    """Another process of the job has ended; what it died of is told by that process or by whoever started it."""


class Team:
    """The processes of a job, as one of them sees it; alone, every exchange is with itself.

    Args:
        rank (int): of this process.
        connections (dict): rank -> connection; to all others in process 0, to process 0 in the others.
        size (int): how many processes there are.
        supervisor (Connection, optional): it ends when the process that started the job ends.
        announce (callable): called when this process can be asked to stop by a signal.

    Attributes:
        stop_reason (str or None): why this process was asked to stop; after `meet`, why any was.
        leading (bool): whether the others are waiting for orders now.
    """

    def __init__(self, rank=0, size=1, connections=None, supervisor=None, announce=lambda: None):
        self.rank = rank
        self.size = size
        self.stop_reason = None
        self.leading = False
        self.announce = announce
        self._connections = {} if connections is None else connections
        self._supervisor = [] if supervisor is None else [supervisor]
        self._buffers = {}

    @property
    def leads(self):
        """bool: whether this is process 0, which decides, writes and prints."""
        return self.rank == 0

    # ---- agreement: values are json

    def gather(self, value):
        """Hand a value to process 0.

        Returns:
            list or None: the values by rank in process 0, None elsewhere.
        """
        if self.leading:
            raise RunError(
                "an extension that runs in process 0 alone waits for the other processes, which know nothing of it: give it the "
                "attribute every_process = True"
            )
        return self._collect(value)

    def _collect(self, value):
        if self.leads:
            return [value, *(self._receive(rank) for rank in range(1, self.size))]
        self._send(0, value)
        return None

    def broadcast(self, value=None):
        """Give what process 0 passes.

        Returns:
            that value, in every process; as it comes through json in the others.
        """
        if not self.leads:
            return self._receive(0)
        for rank in range(1, self.size):
            self._send(rank, value)
        return value

    def all_gather(self, value):
        """list: the values of all processes by rank, in each of them. Nobody goes on before all have come; that may take long."""
        return self.broadcast(self.gather(value))

    def meet(self, given_up=False):
        """Wait until all processes have come here; a request to stop that one of them got is known to all then.

        Args:
            given_up (bool): whether this process could not do what was to be done before.

        Returns:
            bool: whether any could not.
        """
        told = self.all_gather([given_up, self.stop_reason])
        if self.stop_reason is None:
            self.stop_reason = next((reason for _, reason in told if reason is not None), None)
        return any(given_up for given_up, _ in told)

    def ask(self, question):
        """Ask the others, who wait for orders; see `Trainer`.

        Returns:
            list: their answers by rank, from rank 1; empty if they don't wait for orders.
        """
        if self.size == 1 or not self.leading:
            return []
        self.broadcast({"ask": question})
        return self._collect(None)[1:]

    def answer(self, value):
        """Answer what process 0 asked."""
        self._collect(value)

    def _send(self, rank, value):
        try:
            self._connections[rank].send_bytes(json.dumps(value).encode())
        except OSError:
            raise self._lost(rank) from None

    def _receive(self, rank):
        connection = self._connections[rank]
        try:
            ready = multiprocessing.connection.wait([connection, *self._supervisor])
            if connection not in ready:
                raise RunError("the process that started this job has ended, so it ends, too")
            return json.loads(connection.recv_bytes())
        except (EOFError, OSError):
            raise self._lost(rank) from None

    def _lost(self, rank):
        return LostProcess(f"process {rank} of {self.size} has ended; process {self.rank} can't go on alone")

    def _collective(self, function, *arguments):
        try:
            function(*arguments)
        except RuntimeError as error:  # of gloo: a peer's death comes as "Connection reset by peer"
            raise LostProcess(f"an exchange of tensors between the processes failed: {error}") from error

    # ---- tensors

    def average_gradients(self, parameters, weight, uneven=False):
        """Replace gradients by their mean over all processes: that of the whole batch.

        Args:
            parameters (dict): name -> Parameter; the same in all processes.
            weight: what this process's part of the batch counts, a number or a scalar tensor.
            uneven (bool): whether a parameter may have a gradient in some processes only; it is 0 in the others then.

        Raises:
            RunError: if a parameter has a gradient in some processes only; it is named.
            LostProcess: if another process has ended.
        """
        if self.size == 1:
            return
        import paddle

        used = [parameter.grad is not None for parameter in parameters.values()]
        seen = self.all_gather([zlib.crc32(bytes(used)), read(weight)])
        if len({pattern for pattern, _ in seen}) > 1:
            used = self._united(list(parameters), used, uneven)
        share = seen[self.rank][1] / (sum(weight for _, weight in seen) or 1.0)
        with paddle.no_grad():
            for bucket in _buckets([p for p, is_used in zip(parameters.values(), used, strict=True) if is_used]):
                self._average(bucket, share)

    def _average(self, parameters, share):
        import paddle

        flat = paddle.concat([_flat_gradient(parameter) for parameter in parameters]) * share
        self._collective(paddle.distributed.all_reduce, flat)
        parts = paddle.split(flat, [parameter.size for parameter in parameters]) if len(parameters) > 1 else [flat]
        for parameter, part in zip(parameters, parts, strict=True):
            mean = part.reshape(parameter.shape).astype(parameter.dtype)
            if parameter.grad is None:
                parameter.grad = mean
            else:
                parameter.grad.set_value(mean)

    def _united(self, names, used, uneven):
        by_rank = self.all_gather([int(one) for one in used])
        counts = [sum(column) for column in zip(*by_rank, strict=True)]
        wrong = [i for i, count in enumerate(counts) if 0 < count < self.size]
        if not uneven:
            without = ", ".join(str(rank) for rank in range(self.size) if not by_rank[rank][wrong[0]])
            more = f" (and {len(wrong) - 1} more parameters)" if len(wrong) > 1 else ""
            raise RunError(
                f"the parameter {names[wrong[0]]}{more} has no gradient in process {without}, but in others it has: the models would "
                "differ from here on. Use it in every process, or, if it depends on the data whether it is used, set "
                "updater.uneven_use = True: where it was not used its gradient is 0."
            )
        return [count > 0 for count in counts]

    def share_buffers(self, models):
        """Give all processes what the models of process 0 changed by themselves: statistics of batch normalisation, counters."""
        if self.size == 1:
            return
        import paddle

        for name, model in models.items():
            if name not in self._buffers:
                self._buffers[name] = _by_type(untrained(model))
            for tensors in self._buffers[name]:
                kind = tensors[0].dtype
                flat = paddle.concat([_plain(tensor.detach()).reshape([-1]) for tensor in tensors])
                self._collective(paddle.distributed.broadcast, flat, 0)
                if not self.leads:
                    parts = paddle.split(flat, [t.size for t in tensors]) if len(tensors) > 1 else [flat]
                    for tensor, part in zip(tensors, parts, strict=True):
                        tensor.set_value(part.reshape(tensor.shape).astype(kind))

    def average_observation(self, observation, weight):
        """Replace the scalars of an observation by their weighted means over all processes; no device is waited for.

        Args:
            observation (dict): name -> value; a pair ``(value, weight)`` counts by its weight, a scalar by `weight`. Changed.
            weight (int): how many samples this process's part of the batch holds.
        """
        if self.size == 1:
            return
        scalars = {name: value for name, value in observation.items() if _is_countable(value)}
        names = sorted(scalars)
        kinds = [[name, isinstance(scalars[name], tuple)] for name in names]
        checksums = self.all_gather(zlib.crc32(json.dumps(kinds).encode()))
        if len(set(checksums)) > 1:
            everyone = [(name, pair) for kinds in self.all_gather(kinds) for name, pair in kinds]
            names = sorted({name for name, _ in everyone})
        if not names:
            return
        pairs = [scalars.get(name, (0.0, 0.0)) for name in names]
        pairs = [pair if isinstance(pair, tuple) else (pair, weight) for pair in pairs]
        # Where the part of the batch is a stand-in that counts nothing, what was reported for it counts nothing.
        sums = self._sums(pairs if weight else [(0.0, 0.0)] * len(pairs))
        for name, (total, count) in zip(names, sums, strict=True):
            mean = total / count if not isinstance(count, float) or count > 0 else float("nan")
            observation[name] = (mean, count) if isinstance(scalars.get(name), tuple) else mean

    def _sums(self, pairs):
        """List (sum of value x weight, sum of weights) over all processes."""
        import numpy
        import paddle

        if paddle.get_device() == "cpu":
            values = numpy.array([[read(part) for part in pair] for pair in pairs], "float64")
            table = paddle.to_tensor(numpy.stack([numpy.where(values[:, 1] > 0, values[:, 0], 0) * values[:, 1], values[:, 1]]))
            self._collective(paddle.distributed.all_reduce, table)
            return table.numpy().T.tolist()
        values, weights = (paddle.stack([_double(pair[k]) for pair in pairs]) for k in (0, 1))
        values = paddle.where(weights > 0, values, paddle.zeros_like(values))
        table = paddle.stack([values * weights, weights])
        self._collective(paddle.distributed.all_reduce, table)
        return [(table[0, i], table[1, i]) for i in range(len(pairs))]

    def close(self):
        """End the connections."""
        for connection in self._connections.values():
            connection.close()


_team = Team()


def current():
    """Team: the processes this one belongs to; one of a single process unless `join` was called."""
    return _team


def shared(data, how):
    """Give this process's share of data.

    Args:
        data: with the methods ``split`` and ``deal`` of a `DataCargo`, if there are several processes.
        how (str): ``"split"``, a part of every batch, to train; ``"deal"``, some of the batches, to evaluate.

    Returns:
        the data themselves, if this process is alone.

    Raises:
        RunError: if they can't be shared.
    """
    if _team.size == 1:
        return data
    share = getattr(data, how, None)
    if share is None:
        raise RunError(
            f"{type(data).__name__} has no method {how}(part, parts), so {_team.size} processes can't share it: use a DataCargo or a "
            "DataLoader, or train with one process"
        )
    return share(_team.rank, _team.size)


def join(supervisor=None, announce=lambda: None):
    """Become one of the processes that ``paddle.distributed.launch`` has started; call this once, before any model is built.

    Args:
        supervisor (Connection, optional), announce (callable): see `Team`.

    Returns:
        Team: which `current` gives from now on.
    """
    global _team
    import paddle

    rank, size = int(os.environ["PADDLE_TRAINER_ID"]), int(os.environ["PADDLE_TRAINERS_NUM"])
    if size > 1:
        with _without_greeting():
            paddle.distributed.init_parallel_env()
        store = paddle.base.core.create_or_get_global_tcp_store()
        connections = _listen(store, size) if rank == 0 else {0: _connect(store, rank)}
    else:
        connections = {}
    _team = Team(rank, size, connections, supervisor, announce)
    return _team


def local_device(device):
    """str: the device of this process: where the launcher started it, the GPU it was given."""
    gpu = os.environ.get(_OWN_GPU) if "PADDLE_TRAINER_ID" in os.environ else None
    return device if device == "cpu" or not gpu else f"gpu:{gpu.split(',')[0]}"


def leave():
    """End the connections of `join`; this process is alone again."""
    global _team
    team, _team = _team, Team()
    team.close()


@contextlib.contextmanager
def _without_greeting():
    """Leave out the list of flags that differ from Paddle's defaults, which it prints in each process; all else is passed on."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            yield
    finally:
        for line in said.getvalue().splitlines():
            if not line.startswith(("====", "FLAGS(")):
                print(line, file=sys.stderr)


def _listen(store, size):
    host = os.environ["PADDLE_CURRENT_ENDPOINT"].rpartition(":")[0]
    key = secrets.token_bytes(32)  # so that nobody but these processes gets in
    with multiprocessing.connection.Listener((host, 0), backlog=size, authkey=key) as listener:
        address = {"host": host, "port": listener.address[1], "key": key.hex()}
        store.set(_ADDRESS, json.dumps(address).encode())
        connections = {}
        while len(connections) < size - 1:
            connection = _prompt(listener.accept())
            connections[json.loads(connection.recv_bytes())] = connection
    return connections


def _connect(store, rank):
    store.wait(_ADDRESS)
    address = json.loads(bytes(store.get(_ADDRESS)))
    where = address["host"], address["port"]
    connection = _prompt(multiprocessing.connection.Client(where, authkey=bytes.fromhex(address["key"])))
    connection.send_bytes(json.dumps(rank).encode())
    return connection


def _prompt(connection):
    """Have a connection send small messages at once, and notice that the other machine is gone."""
    with socket.socket(fileno=os.dup(connection.fileno())) as same:
        same.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        same.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return connection


def _is_countable(value):
    return all(map(is_scalar, value)) and len(value) == 2 if isinstance(value, tuple) else is_scalar(value)


def _double(value):
    import paddle

    return value.astype("float64").reshape([]) if hasattr(value, "astype") else paddle.to_tensor(float(value), "float64")


def _flat_gradient(parameter):
    import paddle

    if parameter.grad is None:
        return paddle.zeros([parameter.size], "float32")
    return parameter.grad.reshape([-1]).astype("float32")


def _buckets(parameters):
    bucket, size = [], 0
    for parameter in parameters:
        if bucket and size + parameter.size > _BUCKET:
            yield bucket
            bucket, size = [], 0
        bucket.append(parameter)
        size += parameter.size
    if bucket:
        yield bucket


def untrained(model):
    """List what a model changes by itself, without an optimizer: its buffers, and the statistics that Paddle keeps as parameters.

    Args:
        model (Layer): the model.

    Returns:
        list[Tensor]: without the weights of layers that were frozen, which nobody changes.
    """
    found = {}
    for layer in model.sublayers(include_self=True):
        home = type(layer).__module__
        frozen = home.startswith("paddle.nn.layer.") and not home.endswith(".norm")
        kept = [] if frozen else [p for p in layer.parameters(include_sublayers=False) if p.stop_gradient]
        for tensor in [*layer.buffers(include_sublayers=False), *kept]:
            if tensor.size:
                found[id(tensor)] = tensor
    return list(found.values())


def _by_type(tensors):
    groups = {}
    for tensor in tensors:
        groups.setdefault(str(tensor.dtype), []).append(tensor)
    return list(groups.values())


def _plain(tensor):
    """A tensor that every backend can send."""
    return tensor.astype("int32") if str(tensor.dtype) == "paddle.bool" else tensor
