/** What a hostile pod may put into a record: colours, a window title, C1, a turn of direction, a hidden space, a line end, half a pair. */
export const HOSTILE =
  '\u001b[31mred\u001b]0;t\u0007\u009b2J\r\nnext\u202egnit\u0000\u2028x\u200b\ud800\u{e0041}'
/** Whatever must not reach a terminal. */
export const DANGEROUS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u
