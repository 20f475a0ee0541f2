"""The agent of one store: it keeps the store's ledger, sells at the till, hands over online orders.

It works alone. The hub is told what happened and tells what was ordered, over one MQTT connection
that the agent dials; a cut line stops nothing here. Floors, lowest first:

    settings, enrolment, db     what the program stands on
    ledger, catalogue           what happened here, and what the hub told
    hardware, staff             printers and scanners, who is signed in
    till, pickup                selling, handing over
    link                        joins the streams to the areas
    app, cli                    the program
"""

__version__ = "0.1.0"
