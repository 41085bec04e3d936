import { plain } from '../render/plain.ts'
import { placeText } from './input/place.ts'
import type { Rejection } from './intake.ts'

const SHOWN = 20

/** Tells of rejected items as they come, the first {@link SHOWN} of them; `end` says how many more of all there were. */
export class RejectionLog {
  readonly #line: (text: string) => void
  #count = 0

  constructor(line: (text: string) => void) {
    this.#line = line
  }

  readonly add = ({ place, why }: Rejection): void => {
    this.#count += 1
    if (this.#count <= SHOWN)
      this.#line(`rejected: ${plain(placeText(place), 300)}: ${plain(why, 300)}`)
  }

  end(total: number): void {
    const more = total - Math.min(this.#count, SHOWN)
    if (more > 0) this.#line(`… and ${more} more`)
  }
}
