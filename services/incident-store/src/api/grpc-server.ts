import { fileURLToPath } from 'node:url'
import { ChangeFeed, IncidentReader } from '@kubesift/adapter-postgres'
import { INCIDENT_PACKAGE, INCIDENT_PROTO, PROTO_ROOT } from '@kubesift/contracts'
import type { Server } from '@grpc/grpc-js'
import type { PackageDefinition } from '@grpc/proto-loader'
import { ReflectionService } from '@grpc/reflection'
import { Module, type DynamicModule, type LoggerService } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { Transport, type GrpcOptions } from '@nestjs/microservices'
import { HealthImplementation, protoPath as healthProto } from 'grpc-health-check'
import { FaultsFilter, type FaultLog } from './faults.filter.ts'
import { CLOSING, IncidentController } from './incident.controller.ts'

const SERVICE = `${INCIDENT_PACKAGE}.IncidentService`

export interface GrpcServerOptions {
  /** host:port to listen on. */
  readonly url: string
  readonly reader: IncidentReader
  readonly feed: ChangeFeed
  readonly log: FaultLog
  /** For Nest's own lines; without one it is silent. */
  readonly nestLogger?: LoggerService
}

/** Another process has the port, or may not have it. */
export class AddressTaken extends Error {
  override readonly name = 'AddressTaken'
}

/** The running API. */
export interface GrpcServer {
  /** What health checks and balancers are told. */
  readonly serving: (ready: boolean) => void
  readonly close: () => Promise<void>
}

@Module({})
class ApiModule {
  static over({ reader, feed }: GrpcServerOptions, closing: AbortSignal): DynamicModule {
    return {
      module: ApiModule,
      controllers: [IncidentController],
      providers: [
        { provide: IncidentReader, useValue: reader },
        { provide: ChangeFeed, useValue: feed },
        { provide: CLOSING, useValue: closing },
      ],
    }
  }
}

const transport = (url: string, health: HealthImplementation): GrpcOptions => ({
  transport: Transport.GRPC,
  options: {
    url,
    package: INCIDENT_PACKAGE,
    // The health service is loaded, so that reflection lists it, but is not our package: it has its own implementation.
    protoPath: [fileURLToPath(new URL(INCIDENT_PROTO, PROTO_ROOT)), healthProto],
    // Longs are numbers (counts, offsets and seconds stay below 2^53), enums their names, fields camelCase and never missing.
    loader: { keepCase: false, longs: Number, enums: String, defaults: true, arrays: true },
    onLoadPackageDefinition: (definition: PackageDefinition, server: Server) => {
      health.addToServer(server)
      new ReflectionService(definition).addToServer(server)
    },
  },
})

/** Serves the incident API, health checks and reflection. */
export const startGrpcServer = async (options: GrpcServerOptions): Promise<GrpcServer> => {
  const closing = new AbortController()
  const health = new HealthImplementation({ '': 'NOT_SERVING', [SERVICE]: 'NOT_SERVING' })
  const app = await NestFactory.createMicroservice<GrpcOptions>(
    ApiModule.over(options, closing.signal),
    { logger: options.nestLogger ?? false, ...transport(options.url, health) },
  )
  app.useGlobalFilters(new FaultsFilter(options.log))
  try {
    await app.listen()
  } catch (cause) {
    throw new AddressTaken(
      `the incident API cannot listen on ${options.url} (${cause instanceof Error ? cause.message : String(cause)}); set GRPC_URL to a free address`,
      { cause },
    )
  }
  const serving = (ready: boolean): void => {
    for (const service of ['', SERVICE]) {
      health.setStatus(service, ready ? 'SERVING' : 'NOT_SERVING')
    }
  }
  return {
    serving,
    close: async () => {
      serving(false)
      closing.abort()
      await app.close()
    },
  }
}
