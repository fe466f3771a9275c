"""``paddle.inference``: recorded graphs, with oneDNN's kernels where they pay."""

from concurrent.futures import ThreadPoolExecutor

from parakeet.cpu import import_paddle, usable_threads
from parakeet.voice.engines.exported import exported_engine

# It changes what FastSpeech 2 computes (Paddle 3.3.1: other durations, no error).
_WRONG_PASS = "operator_scale_onednn_fuse_pass"


def load(directory, description, weights):
    """An engine of exported graphs; arguments as for :func:`~parakeet.voice.engines.engine.load_engine`."""
    import_paddle("The engine 'static'")
    # oneDNN keeps kernels and buffers for each thread that calls, so one thread calls for all: memory stays what it is.
    thread = ThreadPoolExecutor(1, thread_name_prefix="parakeet-static")

    def open_graph(folder, part, about):
        # Its kernels are compiled for each new length, and no two sentences have one length. That pays for convolutions at the rate of
        # samples alone (HiFi-GAN: half the time); the rest takes longer so, or as long, and memory grows.
        return _Graph(folder, part, part == "vocoder" and about["vocoder"]["gives"] == "waveform", thread)

    return exported_engine("static", directory, description, open_graph)


class _Graph:
    """A predictor with numpy at both ends, and one thread to call it.

    Args:
        folder (Path): of the engine.
        part (str): the files' name.
        onednn (bool): whether oneDNN's kernels are used.
        thread (ThreadPoolExecutor): of one thread.
    """

    def __init__(self, folder, part, onednn, thread):
        self.thread = thread
        self.predictor = thread.submit(_predictor, folder, part, onednn).result()

    def __call__(self, *arrays):
        return self.thread.submit(self._run, arrays).result()

    def _run(self, arrays):
        predictor = self.predictor
        for name, array in zip(predictor.get_input_names(), arrays, strict=True):
            predictor.get_input_handle(name).copy_from_cpu(array)
        predictor.run()
        return [predictor.get_output_handle(name).copy_to_cpu() for name in predictor.get_output_names()]


def _predictor(folder, part, onednn):
    from paddle.inference import Config, create_predictor

    config = Config(str(folder / f"{part}.json"), str(folder / f"{part}.pdiparams"))
    config.disable_glog_info()
    config.set_cpu_math_library_num_threads(usable_threads())
    if onednn:
        config.enable_mkldnn()
        config.set_mkldnn_cache_capacity(1)  # looking for the kernels of many former lengths costs more than it saves
        config.delete_pass(_WRONG_PASS)
    else:
        config.disable_mkldnn()
    return create_predictor(config)
