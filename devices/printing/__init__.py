"""From a receipt document to paper.

``document`` (typed blocks) -> ``layout`` (columns of one profile) -> ``encode`` (ESC/POS bytes) -> ``spool``
(journal, one worker per printer). A document is stored, so a reprint is laid out anew.
"""
