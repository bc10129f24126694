// The shared test configuration, and one PostgreSQL server for all live tests of a run.
import { defineConfig, mergeConfig } from 'vitest/config'

import shared from '../../vitest.config.js'

export default mergeConfig(shared, defineConfig({ test: { globalSetup: ['@records-mover/test-infra/postgres-setup'] } }))
