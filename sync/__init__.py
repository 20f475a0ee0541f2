"""What the hub and the stores agree on: the protocol in one page.

Every fact has one writer. The agent of a store owns what physically happened there: movements,
balances, what it granted to the online channel and what became of each hold. The hub owns orders,
catalogue, prices and the units that it gives back. Neither side ever merges two writers.

The right to sell a unit is split by escrow. An agent *grants* units to the online channel
(cumulative counter `granted`), the hub *returns* them (cumulative `returned`) and *promises* the
rest to orders. A till sells from `on_hand - (granted - returned - settled)`, the shop promises from
`granted - returned - promised`. Because each counter has one writer and only rises, no loss,
duplication, reordering or partition of messages can make both sides sell the same unit.

Facts travel up as a gapless log per store incarnation (`UP`, go-back-N, chained hashes); requests
and the hub's counters travel down as versioned items (`DOWN`). MQTT only carries bytes: durability
is the two databases'. The floors, lowest first:

    values     small frozen types: money, quantities, GTINs, codes, clocks
    rules      pure decisions: rights, holds, streams, pickup token, prices
    messages   the wire: encoding, topics, the AsyncAPI document
    storage    the single writer with group commit, readers, incarnations
    link       MQTT under asyncio, and a hostile in-memory link
    keys       signing and verifying
    runtime    settings, logging, supervision
    web        what both programs' pages share
    simulator  hostile histories over the real rules
"""
