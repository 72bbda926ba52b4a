// Appends events one by one, `callers` at a time, each caller to streams of its own, and prints how
// many a second became durable in each round.
import { getPostgreSQLEventStore } from "@event-driven-io/emmett-postgresql";
import pg from "pg";

const [callers, streams, eventBytes, seconds, rounds] = process.argv.slice(2).map(Number);
const connectionString = `postgresql://postgres@/postgres?host=${process.env.PGHOST}`;
const pool = new pg.Pool({ connectionString, max: callers });
const store = getPostgreSQLEventStore(connectionString, { connectionOptions: { pooled: true, pool } });
const own = Math.floor(streams / callers);
const data = { stage: "x".repeat(Math.max(eventBytes - 12, 1)) };

// Appends a second, of all callers together.
async function run(seconds) {
  const begin = performance.now();
  const end = begin + seconds * 1000;
  let appended = 0;
  const caller = async (number) => {
    for (let turn = 0; performance.now() < end; ++turn) {
      const stream = `opportunity-${number * own + (turn % own)}`;
      await store.appendToStream(stream, [{ type: "StageMoved", data }]);
      ++appended;
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, number) => caller(number)));
  return (appended * 1000) / (performance.now() - begin);
}

await store.schema.migrate();
await run(2); // warms it up: the streams are there
for (let round = 0; round < rounds; ++round) console.log(Math.round(await run(seconds)));
await store.close();
await pool.end();
