/** The terminal's own words: https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036 for the synchronised update. */
const BEGIN = '\u001b[?2026h'
const END = '\u001b[?2026l'
const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'
const CLEAR_LINE = '\u001b[2K'
const CLEAR_BELOW = '\u001b[J'

interface Output {
  readonly write: (text: string) => unknown
}

/** Draws a block of lines over its former self, in one go, so that nothing flickers. */
export class Screen {
  readonly #out: Output
  #height = 0
  #hidden = false

  constructor(out: Output) {
    this.#out = out
  }

  draw(lines: readonly string[]): void {
    const hide = this.#hidden ? '' : HIDE_CURSOR
    this.#hidden = true
    this.#out.write(
      `${BEGIN}${hide}${this.#home()}${lines.map((l) => `${CLEAR_LINE}${l}\n`).join('')}${CLEAR_BELOW}${END}`,
    )
    this.#height = lines.length
  }

  /** Lines that stay, above the block. */
  above(lines: readonly string[], block: readonly string[]): void {
    this.#out.write(
      `${BEGIN}${this.#home()}${lines.map((l) => `${CLEAR_LINE}${l}\n`).join('')}${CLEAR_BELOW}`,
    )
    this.#height = 0
    this.draw(block)
  }

  /** The block stays as it is; the cursor is given back. */
  end(): void {
    if (this.#hidden) this.#out.write(SHOW_CURSOR)
    this.#hidden = false
    this.#height = 0
  }

  #home(): string {
    return this.#height === 0 ? '\r' : `\u001b[${this.#height}A\r`
  }
}
