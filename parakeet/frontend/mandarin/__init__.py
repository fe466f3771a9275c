"""Mandarin Chinese: text -> initials, finals with tones, and punctuation; English words in it as in the English frontend.

One step a module: ``normalizer`` (what is written -> what is spoken), ``segmentation`` (words), ``pronunciation`` (pinyin, with
``polyphones`` and ``names`` where a character has several readings), ``erhua`` and ``sandhi`` (what neighbours do to each other),
``phones`` (pinyin -> phones), ``frontend`` (all of it, in order).
"""
