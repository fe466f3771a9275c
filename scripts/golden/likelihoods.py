"""Likelihoods as SciPy has them: the golden numbers of `parakeet verify wavenet`. It prints what the checks expect."""

import math

from scipy import stats

print(f"N(0.3; -0.2, e^-1): {-stats.norm.logpdf(0.3, -0.2, math.exp(-1)):.7f} nats")
print(f"a sample 10 deviations off: {-stats.norm.logpdf(10):.7f} nats")
