"""The shop's e-mails: subject, HTML and, made from it, the text. Written in Liquid, as marketers write them."""

PAPER = """<!doctype html>
<html lang="en">
<body style="margin:0;background:#f4f2ee;font-family:Helvetica,Arial,sans-serif;color:#22201c">
  <table role="presentation" width="100%" cellspacing="0"><tr><td align="center" style="padding:32px 16px">
    <table role="presentation" width="520" cellspacing="0" style="max-width:520px;background:#fff;border-radius:12px">
      <tr><td style="padding:28px 36px 0;font-size:13px;letter-spacing:.12em;color:#8a6d3b">NORTHWIND</td></tr>
      <tr><td style="padding:12px 36px 32px;font-size:16px;line-height:25px">{content}</td></tr>
    </table>
    <p style="font-size:12px;color:#8d877d">You get this because you have an account with the Northwind demo shop.</p>
  </td></tr></table>
</body>
</html>
"""
HEADLINE = '<h1 style="margin:0 0 12px;font-size:25px;line-height:32px">{}</h1>'
BUTTON = (
    '<p style="margin:22px 0 0"><a href="https://northwind.example/{path}" style="background:#22201c;color:#fff;'
    'padding:12px 22px;border-radius:8px;text-decoration:none;display:inline-block">{label}</a></p>'
)
PRODUCTS = """<ul style="padding-left:20px">
{% for product in event.properties.products %}
<li>{{ product.quantity }} × {{ product.name }}, {{ product.price }} EUR</li>
{% endfor %}</ul>"""


def letter(headline: str, *parts: str) -> str:
    """An HTML body from its headline and paragraphs."""
    inner = HEADLINE.format(headline) + "\n".join(
        part if part.startswith("<") else f'<p style="margin:0 0 12px">{part}</p>' for part in parts
    )
    return PAPER.replace("{content}", inner)


def button(label: str, path: str) -> str:
    return BUTTON.format(label=label, path=path)


WELCOME = {
    "subject": "Welcome to Northwind, {{ profile.first_name | default: 'friend' }}",
    "html": letter(
        "Good to have you, {{ profile.first_name | default: 'friend' }}.",
        "Your account is ready. Here is what people from {{ profile.city | default: 'your town' }} look at first.",
        button("See what is new", "new"),
    ),
    "from_name": "Northwind",
}
FIRST_ORDER = {
    "subject": "Ten percent off your first order",
    "html": letter(
        "Your first order is cheaper.",
        "Use the code <b>HELLO10</b> until the end of the week, {{ profile.first_name | default: 'friend' }}.",
        button("Choose something", "shop"),
    ),
    "from_name": "Northwind",
}
MISSED = {
    "subject": "It has been a while, {{ profile.first_name | default: 'friend' }}",
    "html": letter(
        "We kept something for you.",
        "Shipping to {{ profile.city | default: 'your town' }} is free this week.",
        button("See what is new", "new"),
    ),
    "from_name": "Northwind",
}
REMINDER = {
    "subject": "You left something behind, {{ profile.first_name | default: 'friend' }}",
    "html": letter(
        "Still thinking it over?",
        "Your cart is kept for you:",
        PRODUCTS,
        "It comes to {{ event.properties.value }} EUR.",
        button("Back to your cart", "cart/{{ event.properties.cart_id }}"),
    ),
    "from_name": "Northwind",
}
FREE_SHIPPING = {
    "subject": "We pay the shipping",
    "html": letter(
        "Shipping is on us.", "Finish your order today and we pay the shipping.", button("To your cart", "cart")
    ),
    "from_name": "Northwind",
}
FIVE_PERCENT = {
    "subject": "Five percent off what is in your cart",
    "html": letter(
        "Five percent off.", "Finish your order today with the code <b>CART5</b>.", button("To your cart", "cart")
    ),
    "from_name": "Northwind",
}
THANKS = {
    "subject": "Thank you for order {{ event.properties.order_id }}",
    "html": letter(
        "Thank you, {{ profile.first_name | default: 'friend' }}.",
        "We are packing your order:",
        PRODUCTS,
        "In all: <b>{{ event.properties.total }} {{ event.properties.currency }}</b>.",
    ),
    "from_name": "Northwind",
}
THANKS_BIG = {
    "subject": "A small extra with order {{ event.properties.order_id }}",
    "html": letter(
        "That is a big one. Thank you.",
        "With {{ event.properties.total }} {{ event.properties.currency }} we put something extra into the box.",
        PRODUCTS,
    ),
    "from_name": "Northwind",
}
