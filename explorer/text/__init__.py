"""Text as networks read it: tokens, their vocabularies, and how the next one is drawn. No torch.

vocabulary   tokens with their ids; characters, words or bytes; to ids and back, refusals in words.
shipped      the vocabularies that come with the program, by name.
drawing      from scores to the next token: temperature, top-k, top-p.
dates, grammar  the two small languages from which the translators of the gallery were trained.
"""
