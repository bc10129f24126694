// The shared configuration plus what a package with live PostgreSQL tests adds: the setup that starts the run's server.
import { defineConfig, mergeConfig } from 'vitest/config'

import shared from '../vitest.config.js'

export default mergeConfig(shared, defineConfig({ test: { globalSetup: ['@records-mover/test-infra/postgres-setup'] } }))
