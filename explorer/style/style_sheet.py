"""The style sheet of the application, written from the tokens."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor

from explorer.style import tokens

if TYPE_CHECKING:
    from explorer.style.theme import Theme

# Properties on widgets choose: role = size of text, tone = its colour, weight, kind = form of a button,
# ground = surface of a container.
_SHEET = Template("""
* { outline: 0; }
QWidget[ground="window"] { background: $window; }
QWidget[ground="canvas"] { background: $canvas; }
QWidget[ground="panel"] { background: $panel; }
QWidget[ground="sunken"] { background: $sunken; border-radius: ${r_control}px; }
QFrame[ground="error"] { background: $error_ground; border-radius: ${r_card}px;
    border: $edge solid $error_edge; }
QFrame[ground="warning"] { background: $warning_ground; border-radius: ${r_card}px;
    border: $edge solid $warning_edge; }
QFrame[ground="good"] { background: $good_ground; border-radius: ${r_card}px;
    border: $edge solid $good_edge; }
QFrame[ground="popover"] { background: $panel; border: 1px solid $line; border-radius: ${r_popover}px; }
QFrame[line="top"] { border-top: 1px solid $line; }
QFrame[line="bottom"] { border-bottom: 1px solid $line; }
QFrame[line="left"] { border-left: 1px solid $line; }
QFrame[line="right"] { border-right: 1px solid $line; }
QFrame[rule="across"] { background: $line_subtle; border: 0; max-height: 1px; min-height: 1px; }
QFrame[rule="down"] { background: $line_subtle; border: 0; max-width: 1px; min-width: 1px; }

QToolTip { background: $panel; color: $text; border: 1px solid $line; padding: ${p4}px ${p8}px;
    font-size: ${label}px; }

QPushButton { background: $panel; color: $text; border: 1px solid $line; border-radius: ${r_control}px;
    padding: 0 ${p12}px; min-height: ${button}px; font-size: ${label}px; font-weight: 500; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $selected; }
QPushButton:checked { background: $selected; border-color: $accent; }
QPushButton:disabled { color: $disabled; border-color: $line_subtle; background: $panel; }
QPushButton[kind="accent"] { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton[kind="accent"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[kind="accent"]:disabled { background: $window; color: $disabled; border-color: $line; }
QPushButton[kind="plain"] { background: transparent; border-color: transparent; }
QPushButton[kind="plain"]:hover { background: $hover; }
QPushButton[kind="plain"]:checked { background: $selected; }
QPushButton[kind="link"] { background: transparent; border: 0; color: $accent; padding: 0;
    min-height: ${p16}px;
    text-align: left; }
QLabel[letter="focused"] { background: $text; color: $panel; border-radius: ${r_inner}px; }
QLabel[letter="other"] { background: $text3; color: $panel; border-radius: ${r_inner}px; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="icon"] { padding: 0; min-width: ${button}px; }
QPushButton[kind="plain-icon"] { background: transparent; border-color: transparent; padding: 0;
    min-width: ${button}px; }
QPushButton[kind="plain-icon"]:hover { background: $hover; }
QPushButton[kind="plain-icon"]:checked { background: $selected; }
QPushButton[kind="search"] { text-align: left; color: $text2; font-weight: 400; padding: 0 ${p8}px; }
QPushButton[kind="chip"] { background: $window; border-color: $window; color: $text2; padding: 0 ${p8}px;
    font-size: ${caption}px; }
QPushButton[kind="chip"]:hover { background: $hover; }
QPushButton[kind="chip"]:disabled { color: $disabled; }
QPushButton:focus, QPushButton[kind="accent"]:focus { border: 2px solid $focus; }
QPushButton[kind="link"]:focus { border: 0; text-decoration: underline; }

QFrame[segmented="true"] { border: 1px solid $line; border-radius: ${r_control}px; background: $panel; }
QPushButton[kind="segment"] { background: transparent; border: 0; border-radius: 0; color: $text2;
    padding: 0 ${p12}px; min-height: ${segment}px; font-weight: 400; }
QPushButton[kind="segment"]:hover { background: $hover; }
QPushButton[kind="segment"]:checked { background: $selected; color: $text; font-weight: 600; }
QPushButton[kind="segment"]:disabled { color: $disabled; }
QPushButton[kind="segment"]:focus { border: 0; text-decoration: underline; }
QPushButton[kind="segment"][place="middle"], QPushButton[kind="segment"][place="last"] {
    border-left: 1px solid $line; }
QPushButton[kind="segment"][place="first"] { border-top-left-radius: ${r_inner}px;
    border-bottom-left-radius: ${r_inner}px; }
QPushButton[kind="segment"][place="last"] { border-top-right-radius: ${r_inner}px;
    border-bottom-right-radius: ${r_inner}px; }
QPushButton[kind="segment"][place="only"] { border-radius: ${r_inner}px; }

QPushButton[kind="tab"] { background: transparent; border: 0; border-radius: 0; color: $text2;
    padding: 0 ${p8}px; font-weight: 400; border-bottom: 2px solid transparent;
    border-top: 2px solid transparent; }
QPushButton[kind="tab"]:hover { color: $text; }
QPushButton[kind="tab"]:checked { color: $text; font-weight: 600; border-bottom-color: $accent; }
QPushButton[kind="tab"]:disabled { color: $disabled; }
QPushButton[kind="tab"]:focus { color: $accent; text-decoration: underline; }

QLineEdit, QComboBox, QPlainTextEdit[kind="field"] { background: $field_ground; color: $text;
    border: 1px solid $line;
    border-radius: ${r_control}px; font-size: ${label}px; selection-background-color: $selected_strong;
    selection-color: $text; }
QLineEdit { padding: 0 ${p8}px; min-height: ${field}px; max-height: ${field}px; }
QComboBox { padding: 0 ${p24}px 0 ${p8}px; min-height: ${field}px; max-height: ${field}px; }
QLineEdit:hover, QComboBox:hover { border-color: $line_strong; }
QLineEdit:focus, QComboBox:focus { border: 2px solid $focus; padding-left: ${p7}px; }
QLineEdit:disabled, QComboBox:disabled { color: $disabled; background: $sunken; border-color: $line_subtle; }
QLineEdit[wrong="true"] { border: 1.5px solid $error; }
QLineEdit[kind="bare"] { border: 1px solid transparent; background: transparent; padding: 0 0; }
QLineEdit[kind="bare"]:hover { border-color: $line_subtle; }
QLineEdit[kind="bare"]:focus { border: 1px solid $focus; padding-left: 0; }
QComboBox::drop-down { border: 0; width: ${p24}px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $line; padding: ${p4}px;
    border-radius: ${r_control}px; font-size: ${label}px; outline: 0;
    selection-background-color: $selected; selection-color: $text; }
QComboBox QAbstractItemView::item { padding: ${p4}px ${p8}px; border-radius: ${p4}px; color: $text; }
QComboBox QAbstractItemView::item:selected { background: $selected; color: $text; }

QAbstractScrollArea { background: transparent; border: 0; }
QTreeView, QListView, QTableView { background: transparent; border: 0; font-size: ${label}px; }
QTableView { background: $node; alternate-background-color: $node; }
QTableView::item { padding: 0 ${p8}px; border: 0; }
QTableView::item:selected { background: $selected; color: $text; }
QHeaderView { background: $panel; border: 0; }
QHeaderView::section { background: $panel; color: $text3; border: 0; border-bottom: 1px solid $line_subtle;
    padding: ${p4}px ${p8}px; font-size: ${caption}px; font-weight: 600; }
QPlainTextEdit[kind="code"] { background: $sunken; color: $text; border: 0; border-radius: ${r_control}px;
    padding: ${p4}px; }
QScrollBar { background: transparent; border: 0; margin: 0; }
QScrollBar:vertical { width: ${p10}px; }
QScrollBar:horizontal { height: ${p10}px; }
QScrollBar::handle { background: $line; border: ${p2}px solid $panel; border-radius: ${p5}px; }
QScrollBar::handle:hover { background: $line_strong; }
QScrollBar::handle:vertical { min-height: ${p24}px; }
QScrollBar::handle:horizontal { min-width: ${p24}px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QMenu { background: $panel; color: $text; border: 1px solid $line; border-radius: ${r_control}px;
    padding: ${p4}px; font-size: ${label}px; }
QMenu::item { padding: ${p6}px ${p24}px ${p6}px ${p12}px; border-radius: ${p4}px; }
QMenu::item:selected { background: $selected; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $line_subtle; margin: ${p4}px ${p8}px; }
QSplitter::handle { background: $line; }
QSplitter::handle:hover { background: $accent; }

QLabel[role="caption"], QPushButton[role="caption"] { font-size: ${caption}px; }
QLabel[role="label"] { font-size: ${label}px; }
QLabel[role="body"] { font-size: ${body}px; }
QLabel[role="section"], QLineEdit[role="section"] { font-size: ${section}px; }
QLabel[role="title"] { font-size: ${title}px; }
QLabel[tone="2"] { color: $text2; }
QLabel[tone="3"] { color: $text3; }
QLabel[tone="error"] { color: $error; }
QLabel[tone="warning"] { color: $warning; }
QLabel[tone="good"] { color: $good; }
QLabel[tone="accent"] { color: $accent; }
QLabel[tone="disabled"] { color: $disabled; }
QProgressBar { background: $line; border: none; border-radius: 3px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QLabel[weight="medium"], QLineEdit[weight="medium"] { font-weight: 500; }
QLabel[weight="semibold"], QLineEdit[weight="semibold"] { font-weight: 600; }
QLabel[mono="true"], QLineEdit[mono="true"], QPlainTextEdit[kind="code"] { font-family: "$mono"; }
QLabel[key="true"] { background: $panel; border: 1px solid $line; border-radius: ${p4}px; color: $text2;
    padding: 0 ${p5}px; }
""")


def css(colour: QColor) -> str:
    """Return a colour as the style sheet writes it."""
    return f"rgba({colour.red()},{colour.green()},{colour.blue()},{colour.alpha()})"


def write(theme: Theme) -> str:
    """Return the style sheet for the theme's mode, contrast and text scale."""
    colours, px = theme.colours, theme.px
    names = {name: css(value) for name, value in vars(colours).items() if isinstance(value, QColor)}
    for name in ("error", "warning", "good"):
        # high contrast has no grounds: a line takes their place
        names[f"{name}_edge"] = names[name]
    sizes: dict[str, object] = {f"p{value}": px(value) for value in (2, 4, 5, 6, 7, 8, 10, 12, 16, 24)}
    sizes |= {f"r_{name}": theme.radius(name) for name in ("control", "card", "popover")}
    sizes |= {
        "r_inner": theme.radius("control") - 1,
        "button": px(26) - 2,
        "segment": px(24),
        "field": px(26),
    }
    sizes |= {
        name: px(tokens.raw()["font"]["size"][name])
        for name in ("caption", "label", "body", "section", "title")
    }
    return _SHEET.substitute(
        names,
        **sizes,
        field_ground=names["panel" if theme.mode == "light" else "sunken"],
        edge="1px" if theme.contrast else "0px",
        selected_strong=css(colours.selected.darker(108) if theme.mode == "light" else colours.selected),
        accent_hover=css(
            colours.accent.darker(108) if theme.mode == "light" else colours.accent.lighter(106)
        ),
        mono=tokens.raw()["font"]["mono"]["family"],
    )
