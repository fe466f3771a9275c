"""The data doctor: what is wrong with a corpus, what that does to a voice, and what to mend first.

from parakeet.diagnosis.diagnose import diagnose
"""
