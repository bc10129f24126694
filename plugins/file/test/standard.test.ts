// Standard input and output, in processes of their own.
import { describe, expect, test } from 'vitest'
import { inChild } from './child.js'

describe('standard input', () => {
  test('is listed without a size, and gives every byte once', async () => {
    const input = Buffer.alloc(3_000_000, 'abcdefg\n')
    const { code, stderr, stdout } = await inChild(`
      const store = await open('-')
      for await (const entry of store.list(store.at, run)) {
        const part = store.part(entry)
        say(JSON.stringify([entry.byteLength, part.again, part.byteLength, part.path, part.name]))
        for await (const chunk of part.read()) process.stdout.write(chunk)
      }`, { input })
    expect(stderr).toBe('[null,false,null,null,"standard input"]\n')
    expect(stdout.equals(input)).toBe(true)
    expect(code).toBe(0)
  })

  test('of nothing gives nothing', async () => {
    const { stderr } = await inChild('const store = await open("-"); for await (const chunk of store.part({ url: store.at }).read()) say("a chunk"); say("the end")')
    expect(stderr).toBe('the end\n')
  })

  test('that a reader leaves early holds the process no longer', async () => {
    const { code, stderr } = await inChild(`
      const store = await open('-')
      for await (const chunk of store.part({ url: store.at }).read()) break
      say('left')`, { input: Buffer.alloc(10_000_000, 'x') })
    expect([code, stderr]).toEqual([0, 'left\n'])
  })

  test('that never comes is given up when the signal fires', async () => {
    const { code, stderr } = await inChild(`
      const store = await open('-')
      setTimeout(() => controller.abort(), 50)
      try { for await (const chunk of store.part({ url: store.at }).read()) say('a chunk') } catch (error) { told(error) }`, { under: ['sh', '-c', 'sleep 5 | "$@"', 'sh'] })
    expect([code, stderr]).toEqual([0, 'aborted: the move was stopped before it finished\n'])
  })
})

describe('standard output', () => {
  test('gets the bytes as they come, and is there for whoever writes next', async () => {
    const { stdout, stderr } = await inChild(`
      const store = await open('-')
      const entry = await store.write(store.at, (async function* () { yield Buffer.from('one '); yield Buffer.from('two ') })(), run)
      say(entry.url.href + ' ' + entry.byteLength)
      process.stdout.write('three')`)
    expect(stdout.toString()).toBe('one two three')
    expect(stderr).toBe('stdio:- 8\n')
  })

  test('does not exist yet, and has no names to change or remove', async () => {
    const { stderr } = await inChild(`
      const store = await open('-')
      say(String([await store.exists(store.at, run), store.rename]))
      await store.remove([store.at], run)`)
    expect(stderr).toBe('false,\n')
  })

  test('of large moves arrives whole', async () => {
    const { stdout } = await inChild(`
      const store = await open('-')
      await store.write(store.at, (async function* () { for (let i = 0; i < 300; i++) yield Buffer.alloc(65537, 65 + i % 26) })(), run)`)
    expect(stdout.byteLength).toBe(300 * 65_537)
    expect(stdout.equals(Buffer.concat(Array.from({ length: 300 }, (_, i) => Buffer.alloc(65_537, 65 + i % 26))))).toBe(true)
  })

  test('that its reader closes early is an error that says so, and tells the body', async () => {
    const { code, stderr } = await inChild(`
      const store = await open('-')
      async function* body() { try { for (;;) yield Buffer.alloc(65536, 'x') } finally { say('told') } }
      await store.write(store.at, body(), run).then(() => say('resolved'), told)`, { closeAfter: 100_000 })
    expect([code, stderr]).toEqual([0, 'told\nfailed: cannot write to "standard output": whoever was reading the output closed it before the end\n'])
  })

  test('keeps what was written before the body throws, since it cannot be taken back', async () => {
    const { stdout, stderr } = await inChild(`
      const store = await open('-')
      await store.write(store.at, (async function* () { yield Buffer.from('half'); throw new Error('the body broke') })(), run).catch((error) => say(error.message))`)
    expect([stdout.toString(), stderr]).toEqual(['half', 'the body broke\n'])
  })
})
