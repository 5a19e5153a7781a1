/* Django's catalogue of a language, where the page has one (game/views/words.py). */
declare var django: { gettext(text: string): string; ngettext(one: string, many: string, n: number): string } | undefined;
