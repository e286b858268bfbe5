// SPDX-License-Identifier: BSD-3-Clause
// Register file of the overlay, an AXI4-Lite slave. The map is in board/registers.py.
//
// Every access is answered with OKAY: an unmapped offset reads 0 and ignores writes. Commands leave
// as one-cycle pulses. Error bits are set by `error_set` and cleared by software or `error_clear`.
// An access is taken in one cycle and carried out in the next, a write no later than its response.

module overlay_registers #(
  // Samples of a beat
  parameter int unsigned BEAT_SAMPLES = 360,
  // Largest beat count
  parameter int unsigned MAX_BEATS = 1048576,
  // Addresses the overlay may use, both included
  parameter logic [31:0] MEMORY_FIRST = 32'h0010_0000,
  parameter logic [31:0] MEMORY_LAST = 32'h1fff_ffff
) (
  input  logic                               ap_clk,
  input  logic                               ap_rst_n,

  // AXI4-Lite (slave)
  input  logic [11:0]                        s_axil_awaddr,
  input  logic                               s_axil_awvalid,
  output logic                               s_axil_awready,
  input  logic [31:0]                        s_axil_wdata,
  input  logic [3:0]                         s_axil_wstrb,
  input  logic                               s_axil_wvalid,
  output logic                               s_axil_wready,
  output logic [1:0]                         s_axil_bresp,
  output logic                               s_axil_bvalid,
  input  logic                               s_axil_bready,
  input  logic [11:0]                        s_axil_araddr,
  input  logic                               s_axil_arvalid,
  output logic                               s_axil_arready,
  output logic [31:0]                        s_axil_rdata,
  output logic [1:0]                         s_axil_rresp,
  output logic                               s_axil_rvalid,
  input  logic                               s_axil_rready,

  // Request
  output logic                               start,
  output logic                               reset,
  output logic [31:0]                        source,
  output logic [31:0]                        destination,
  output logic [31:0]                        beat_count,
  output logic [31:0]                        watchdog,

  // State of the run
  input  logic [31:0]                        network_hash,
  input  logic                               busy,
  input  logic                               done,
  input  logic                               finished,
  input  logic [overlay_pkg::ERROR_BITS-1:0] error_set,
  input  logic                               error_clear,
  input  logic [31:0]                        beats_done,
  input  logic [63:0]                        total_cycles,
  input  logic [31:0]                        first_latency,
  input  logic [31:0]                        min_interval,
  input  logic [31:0]                        max_interval,
  output logic                               irq
);

  localparam int unsigned ERROR_BITS = overlay_pkg::ERROR_BITS;
  localparam int unsigned OFFSET_BITS = overlay_pkg::OFFSET_BITS;

  logic [ERROR_BITS-1:0] error_q, error_written;
  logic irq_enable_q, irq_pending_q;
  logic write, write_q, read, read_q, mapped_q;
  logic [3:0] unused_address;
  logic [11:0] write_offset, write_offset_q, read_offset, read_offset_q;
  logic [31:0] data_q, read_data;
  logic [3:0] strobe_q;

  function automatic logic [31:0] merge(
    input logic [31:0] held, input logic [31:0] data, input logic [3:0] strobe
  );
    for (int unsigned lane = 0; lane < 4; lane++) begin
      merge[lane*8 +: 8] = strobe[lane] ? data[lane*8 +: 8] : held[lane*8 +: 8];
    end
  endfunction

  assign write = s_axil_awvalid && s_axil_wvalid && !s_axil_bvalid;
  assign read = s_axil_arvalid && !s_axil_rvalid && !read_q;
  assign s_axil_awready = write;
  assign s_axil_wready = write;
  assign s_axil_arready = read;
  assign s_axil_bresp = 2'b00;
  assign s_axil_rresp = 2'b00;
  assign write_offset = {s_axil_awaddr[11:2], 2'b00};
  assign read_offset = {s_axil_araddr[11:2], 2'b00};

  always_ff @(posedge ap_clk) begin
    write_q <= ap_rst_n && write && write_offset[11:OFFSET_BITS] == '0;
    write_offset_q <= 12'(write_offset[OFFSET_BITS-1:0]);
    data_q <= s_axil_wdata;
    strobe_q <= s_axil_wstrb;
    read_q <= ap_rst_n && read;
    read_offset_q <= 12'(read_offset[OFFSET_BITS-1:0]);
    mapped_q <= read_offset[11:OFFSET_BITS] == '0;
  end

  assign unused_address = {s_axil_awaddr[1:0], s_axil_araddr[1:0]};
  assign irq = irq_enable_q && irq_pending_q;

  // Bits that software clears by writing a 1
  always_comb begin
    error_written = '0;
    if (write_q && write_offset_q == overlay_pkg::REG_ERROR) begin
      error_written = ERROR_BITS'(merge('0, data_q, strobe_q));
    end
  end

  always_ff @(posedge ap_clk) begin
    start <= 1'b0;
    reset <= 1'b0;
    if (write_q) begin
      case (write_offset_q)
        overlay_pkg::REG_CONTROL: if (strobe_q[0]) begin
          start <= data_q[overlay_pkg::CONTROL_START];
          reset <= data_q[overlay_pkg::CONTROL_RESET];
        end
        overlay_pkg::REG_IRQ_ENABLE: if (strobe_q[0]) begin
          irq_enable_q <= data_q[overlay_pkg::IRQ_ENABLE_DONE];
        end
        overlay_pkg::REG_SOURCE: source <= merge(source, data_q, strobe_q);
        overlay_pkg::REG_DESTINATION: destination <= merge(destination, data_q, strobe_q);
        overlay_pkg::REG_BEAT_COUNT: beat_count <= merge(beat_count, data_q, strobe_q);
        overlay_pkg::REG_WATCHDOG: watchdog <= merge(watchdog, data_q, strobe_q);
        default: ;
      endcase
    end
    if (!ap_rst_n) begin
      start <= 1'b0;
      reset <= 1'b0;
      irq_enable_q <= 1'b0;
      source <= '0;
      destination <= '0;
      beat_count <= '0;
      watchdog <= overlay_pkg::WATCHDOG_RESET;
    end
  end

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      error_q <= '0;
      irq_pending_q <= 1'b0;
    end else begin
      error_q <= ((error_clear ? '0 : error_q) & ~error_written) | error_set;
      if (finished) irq_pending_q <= 1'b1;
      else if (write_q && write_offset_q == overlay_pkg::REG_IRQ_PENDING && strobe_q[0] &&
               data_q[overlay_pkg::IRQ_PENDING_DONE]) irq_pending_q <= 1'b0;
    end
  end

  always_comb begin
    read_data = '0;
    case (read_offset_q)
      overlay_pkg::REG_MAGIC: read_data = overlay_pkg::MAGIC_RESET;
      overlay_pkg::REG_VERSION: read_data = overlay_pkg::VERSION_RESET;
      overlay_pkg::REG_NETWORK_HASH: read_data = network_hash;
      overlay_pkg::REG_BEAT_SAMPLES: read_data = BEAT_SAMPLES;
      overlay_pkg::REG_STATUS: begin
        read_data[overlay_pkg::STATUS_BUSY] = busy;
        read_data[overlay_pkg::STATUS_DONE] = done;
      end
      overlay_pkg::REG_ERROR: read_data = 32'(error_q);
      overlay_pkg::REG_IRQ_ENABLE: read_data[overlay_pkg::IRQ_ENABLE_DONE] = irq_enable_q;
      overlay_pkg::REG_IRQ_PENDING: read_data[overlay_pkg::IRQ_PENDING_DONE] = irq_pending_q;
      overlay_pkg::REG_SOURCE: read_data = source;
      overlay_pkg::REG_DESTINATION: read_data = destination;
      overlay_pkg::REG_BEAT_COUNT: read_data = beat_count;
      overlay_pkg::REG_MAX_BEATS: read_data = MAX_BEATS;
      overlay_pkg::REG_MEMORY_FIRST: read_data = MEMORY_FIRST;
      overlay_pkg::REG_MEMORY_LAST: read_data = MEMORY_LAST;
      overlay_pkg::REG_WATCHDOG: read_data = watchdog;
      overlay_pkg::REG_BEATS_DONE: read_data = beats_done;
      overlay_pkg::REG_TOTAL_CYCLES_LOW: read_data = total_cycles[31:0];
      overlay_pkg::REG_TOTAL_CYCLES_HIGH: read_data = total_cycles[63:32];
      overlay_pkg::REG_FIRST_LATENCY: read_data = first_latency;
      overlay_pkg::REG_MIN_INTERVAL: read_data = min_interval;
      overlay_pkg::REG_MAX_INTERVAL: read_data = max_interval;
      default: ;
    endcase
  end

  always_ff @(posedge ap_clk) begin
    if (read_q) s_axil_rdata <= mapped_q ? read_data : '0;
    if (!ap_rst_n) begin
      s_axil_bvalid <= 1'b0;
      s_axil_rvalid <= 1'b0;
    end else begin
      if (write) s_axil_bvalid <= 1'b1;
      else if (s_axil_bready) s_axil_bvalid <= 1'b0;
      if (read_q) s_axil_rvalid <= 1'b1;
      else if (s_axil_rready) s_axil_rvalid <= 1'b0;
    end
  end

endmodule
