"""The pages of baskets and orders."""

from hub.orders import basket_pages, checkout, order_page

ROUTES = [*checkout.ROUTES, *basket_pages.ROUTES, *order_page.ROUTES]
