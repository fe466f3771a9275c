"""The checks: each a small function of a survey, with a threshold whose reason stands beside it.

"Of the clean corpora" means: of 3,249 recordings, three voices: recorded at home (kathleen, 1,518), in a studio (allison, 596), and
synthetic (espeak, 1,135).
"""
