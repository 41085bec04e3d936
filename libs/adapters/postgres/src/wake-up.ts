/** Lets one loop sleep until somebody says that there is work, a time has passed, or all is to end. A call while awake is not lost. */
export class WakeUp {
  #called = false
  #wake: (() => void) | undefined

  call(): void {
    this.#called = true
    this.#wake?.()
  }

  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#called && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', done)
          this.#wake = undefined
          resolve()
        }
        const timer = setTimeout(done, ms)
        signal.addEventListener('abort', done, { once: true })
        this.#wake = done
      })
    }
    this.#called = false
  }
}
