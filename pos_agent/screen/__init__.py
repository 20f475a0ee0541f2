"""The agent's pages: till, pickup counter, receiving and sign-in, made of scripts over the agent's own API.

A page decides nothing and keeps nothing: it reads the state, is told of changes by `/events`, and sends
what the clerk did. `pages.ROUTES` answers the frames; everything else is static. To run them:

    Assets({"agent": "pos_agent.screen"})
    Pages(frame, areas=["pos_agent.screen"])           # templates are `screen/….html`
    load_texts(["pos_agent.screen"])
    WebParts(routes=[*ROUTES, …], sign_in_url="/sign-in", …)
"""
