// SPDX-License-Identifier: BSD-3-Clause
// First-in first-out buffer between two layers.
//
// Holds DEPTH transfers and breaks every combinational path: tready and tvalid are registers'
// values. Full rate at any DEPTH. DEPTH 2 is a pair of registers (latency 1 cycle), a deeper one
// a memory with an output register (latency 2 cycles). `max_occupancy` is the largest number of
// transfers held since reset, for the simulator only: synthesis removes it.

module fifo #(
  // Bits of one transfer
  parameter int unsigned DATA_WIDTH = 8,
  // Transfers held
  parameter int unsigned DEPTH = 2
) (
  input  logic                  ap_clk,
  input  logic                  ap_rst_n,

  // AXI4-Stream input (sink)
  input  logic [DATA_WIDTH-1:0] s_axis_tdata,
  input  logic                  s_axis_tvalid,
  output logic                  s_axis_tready,
  input  logic                  s_axis_tlast,

  // AXI4-Stream output (source)
  output logic [DATA_WIDTH-1:0] m_axis_tdata,
  output logic                  m_axis_tvalid,
  input  logic                  m_axis_tready,
  output logic                  m_axis_tlast
);

  if (DATA_WIDTH < 1) begin : check_data_width
    $error("fifo: DATA_WIDTH must be at least 1");
  end
  if (DEPTH < 2) begin : check_depth
    $error("fifo: DEPTH must be at least 2");
  end

  localparam int unsigned COUNT_WIDTH = $clog2(DEPTH + 1);

  logic [DATA_WIDTH:0] out_q;
  // A register of its own: no gate between it and the source's pipeline
  logic ready_q;
  logic out_valid_q, push;
  logic [COUNT_WIDTH-1:0] occupancy;
  logic [COUNT_WIDTH-1:0] max_occupancy /* verilator public_flat_rd */;

  assign push = s_axis_tvalid && s_axis_tready;
  assign {m_axis_tlast, m_axis_tdata} = out_q;
  assign m_axis_tvalid = out_valid_q;

  if (DEPTH == 2) begin : g_registers
    logic [DATA_WIDTH:0] spare_q;
    logic free;

    // The spare register is in use while the sink is not ready
    assign free = !out_valid_q || m_axis_tready;
    assign s_axis_tready = ready_q;
    assign occupancy = COUNT_WIDTH'(out_valid_q) + COUNT_WIDTH'(!ready_q);

    always_ff @(posedge ap_clk) begin
      if (free) out_q <= ready_q ? {s_axis_tlast, s_axis_tdata} : spare_q;
      if (push) spare_q <= {s_axis_tlast, s_axis_tdata};
      if (!ap_rst_n) begin
        out_valid_q <= 1'b0;
        ready_q <= 1'b1;
      end else if (free) begin
        out_valid_q <= !ready_q || push;
        ready_q <= 1'b1;
      end else if (push) begin
        ready_q <= 1'b0;
      end
    end
  end else begin : g_memory
    // The output register is one of the DEPTH places
    localparam int unsigned PLACES = DEPTH - 1;
    localparam int unsigned ADDRESS_WIDTH = $clog2(PLACES);

    logic [DATA_WIDTH:0] memory_q [0:PLACES-1];
    logic [ADDRESS_WIDTH-1:0] write_q, read_q;
    logic [COUNT_WIDTH-1:0] count_q;
    logic pull;

    assign s_axis_tready = ready_q;
    assign pull = count_q != '0 && (!out_valid_q || m_axis_tready);
    assign occupancy = count_q + COUNT_WIDTH'(out_valid_q);

    always_ff @(posedge ap_clk) begin
      if (push) memory_q[write_q] <= {s_axis_tlast, s_axis_tdata};
      if (pull) out_q <= memory_q[read_q];
    end

    always_ff @(posedge ap_clk) begin
      if (!ap_rst_n) begin
        write_q <= '0;
        read_q <= '0;
        count_q <= '0;
        ready_q <= 1'b1;
        out_valid_q <= 1'b0;
      end else begin
        if (push) write_q <= (write_q == ADDRESS_WIDTH'(PLACES - 1)) ? '0 : write_q + 1'b1;
        if (pull) read_q <= (read_q == ADDRESS_WIDTH'(PLACES - 1)) ? '0 : read_q + 1'b1;
        if (push && !pull) begin
          count_q <= count_q + 1'b1;
          ready_q <= count_q != COUNT_WIDTH'(PLACES - 1);
        end
        if (pull && !push) begin
          count_q <= count_q - 1'b1;
          ready_q <= 1'b1;
        end
        if (pull) out_valid_q <= 1'b1;
        else if (m_axis_tready) out_valid_q <= 1'b0;
      end
    end
  end

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) max_occupancy <= '0;
    else if (occupancy > max_occupancy) max_occupancy <= occupancy;
  end

endmodule
