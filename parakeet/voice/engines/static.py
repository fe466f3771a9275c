"""``paddle.inference``: recorded graphs, and for the vocoder oneDNN's kernels."""

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
    return exported_engine("static", directory, description, lambda folder, part, _: _Graph(folder, part, thread))


class _Graph:
    """A predictor with numpy at both ends, and one thread to call it.

    Args:
        folder (Path): of the engine.
        part (str): the files' name.
        thread (ThreadPoolExecutor): of one thread.
    """

    def __init__(self, folder, part, thread):
        self.thread = thread
        self.predictor = thread.submit(_predictor, folder, part).result()

    def __call__(self, *arrays):
        return self.thread.submit(self._run, arrays).result()

    def _run(self, arrays):
        predictor = self.predictor
        for name, array in zip(predictor.get_input_names(), arrays, strict=True):
            predictor.get_input_handle(name).copy_from_cpu(array)
        predictor.run()
        return [predictor.get_output_handle(name).copy_to_cpu() for name in predictor.get_output_names()]


def _predictor(folder, part):
    from paddle.inference import Config, create_predictor

    config = Config(str(folder / f"{part}.json"), str(folder / f"{part}.pdiparams"))
    config.disable_glog_info()
    config.set_cpu_math_library_num_threads(usable_threads())
    if part == "vocoder":
        config.enable_mkldnn()
        # Kernels are compiled for each new length. Of those for the length before one set is kept: memory stays bounded, and looking
        # for kept ones costs more than it saves where every sentence has another length.
        config.set_mkldnn_cache_capacity(1)
        config.delete_pass(_WRONG_PASS)
    else:  # compiling for two new lengths, symbols and frames, takes longer than computing without
        config.disable_mkldnn()
    return create_predictor(config)
